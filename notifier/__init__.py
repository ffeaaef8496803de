"""The domain of Notifier: what is stored, who gets it, and who is connected. Knows nothing of HTTP or sockets."""

__version__ = "0.1.0"
