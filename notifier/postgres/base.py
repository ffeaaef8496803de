"""The backend, under the name by which Django looks for it."""

import time
from collections.abc import Sequence
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Cursor, OperationalError

from notifier.breaker import Breaker

# After a failure to connect everybody is refused at once for so long, instead of each waiting for a host that does not answer.
_breaker = Breaker(pause=0.5)
# When a connection last turned out to be broken. Those that are older share its fate, most likely: a restart ended them all.
_broken_at = float("-inf")
# A connection that was idle for so long is looked at before it is used: restarts happen at night.
_IDLE_SECONDS = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection of one thread, kept from one verb to the next.

    Our threads are few, so they are the pool. psycopg's own waits 5 s for a connection while the database is away, and, once it is back,
    up to as long as it was away.
    """

    _known_good_at = _called_at = float("-inf")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """OperationalError at once when somebody else failed a moment ago."""
        if not _breaker.allows():
            raise OperationalError("the database could not be reached a moment ago")
        try:
            connection = super().get_new_connection(conn_params)
        except Exception:
            _breaker.failed()
            raise
        _breaker.succeeded()
        self._known_good_at = time.monotonic()
        return connection

    def init_connection_state(self) -> None:
        """Prepare statements, unless a pooler is between: what was prepared on one of its connections may be asked for on another.

        It shows a process id of its own making.
        """
        super().init_connection_state()
        with self.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            if cursor.fetchone() == (self.connection.info.backend_pid,):
                self.connection.prepare_threshold = 0

    def prepared(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of this one statement, which PostgreSQL plans once for a connection: a third of the time of publishing.

        Not for one whose best plan depends on how many rows there are: it stays what it was when the tables were small.
        """
        self.ensure_connection()
        with self.wrap_database_errors, Cursor(self.connection) as cursor:
            return cursor.execute(sql, parameters).fetchall()

    def close_if_unusable_or_obsolete(self) -> None:
        """Called before and after each verb: a connection that is broken is given up, and with it all that are as old."""
        global _broken_at
        now = time.monotonic()
        idle, self._called_at = now - self._called_at, now
        had_one = self.connection is not None
        if had_one and not self.in_atomic_block and (self._known_good_at < _broken_at or idle > _IDLE_SECONDS):
            self.errors_occurred = True  # Django's word for: look at it before it is used again
        in_doubt = self.errors_occurred
        super().close_if_unusable_or_obsolete()
        if had_one and in_doubt:
            if self.connection is None:
                _broken_at = now
            else:
                self._known_good_at = now
