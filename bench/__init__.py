"""What Notifier costs, measured beside its peers in the same run. `python -m bench --help`; read `docs/benchmark.md`."""
