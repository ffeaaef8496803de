"""Verbs of the domain, called from the event loop.

Channels' own `database_sync_to_async` runs all consumers of a process on one thread, where a slow query holds up
every socket. Here they have a few threads of their own, each with its connection.
"""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections

from notifier.errors import Unavailable
from notifier.threads import Threads

P = ParamSpec("P")
R = TypeVar("R")

_threads = Threads(settings.SOCKET_THREADS, "notifier-database")


async def in_database(verb: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a synchronous verb on a database thread. Unavailable when the database does not answer."""
    return await _threads.run(partial(_with_connection, verb, args, kwargs))


def _with_connection(verb: Callable[..., R], args: tuple[object, ...], kwargs: dict[str, object]) -> R:
    close_old_connections()
    try:
        return verb(*args, **kwargs)
    except (DatabaseError, InterfaceError) as error:
        raise Unavailable(f"The database does not answer: {error}") from error
    finally:
        close_old_connections()
