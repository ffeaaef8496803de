"""What may happen to an installation, one function for each: it plays on a stage of its own and returns the judged history.

Each takes the kind of server, a length and perhaps a PostgreSQL to share. The `long` form, of `make faults`, demands every
figure; the `short` one, of every test run, what must never happen, and leaves out figures that a busy machine spoils.
"""

from typing import Protocol

from tests.faults.result import Result
from tests.faults.scenarios.backend import one_notification
from tests.faults.scenarios.clients import beyond_retention, client_away, half_open, never_reading
from tests.faults.scenarios.database import postgres_restarted
from tests.faults.scenarios.playing import Length
from tests.faults.scenarios.redis import redis_killed, redis_silent
from tests.faults.scenarios.servers import everybody_returns, rolling_restart, server_killed
from tests.real.postgres import Postgres


class Scenario(Protocol):
    def __call__(self, kind: str, length: Length, postgres: Postgres | None = None, /) -> Result: ...


SCENARIOS: dict[str, Scenario] = {
    "server-killed": server_killed,
    "redis-killed": redis_killed,
    "redis-silent": redis_silent,
    "postgres-restarted": postgres_restarted,
    "rolling-restart": rolling_restart,
    "client-away": client_away,
    "everybody-returns": everybody_returns,
    "beyond-retention": beyond_retention,
    "never-reading": never_reading,
    "half-open": half_open,
    "one-notification": one_notification,
}

__all__ = ["SCENARIOS", "Length", "Scenario"]
