"""Statements that store things, run together: each is SQL and its parameters.

PostgreSQL gets them as one text, in one round trip: all of it is one transaction, which is committed when the answer is here
("Multiple Statements in a Simple Query", section 55.2.2.1 of its manual). Within a transaction, and with SQLite, the same text takes part in that.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

T = TypeVar("T")


class Statement(NamedTuple):
    sql: str
    parameters: Sequence[Any]
    returns: bool = False
    """Whether it has rows to return."""


class InDoubt(Exception):
    """The connection broke when the transaction was to be committed: nobody can tell whether it was."""


def execute(statements: Sequence[Statement]) -> list[list[tuple[Any, ...]]]:
    """Run all. Returns the rows that each returns. InDoubt when this was the whole transaction, and its end is unknown."""
    rows = []
    with connection.cursor() as cursor:
        together = connection.vendor == "postgresql"
        if together:
            parameters = [value for statement in statements for value in statement.parameters]
            _settled(lambda: cursor.execute(";".join(statement.sql for statement in statements), parameters))
        for statement in statements:
            if not together:
                cursor.execute(statement.sql, statement.parameters)
            rows.append(cursor.fetchall() if statement.returns else [])
            if together:
                cursor.nextset()
    return rows


def in_transaction(work: Callable[[], T]) -> T:
    """Do the work in a transaction. InDoubt when it is unknown whether it was committed."""
    done: list[T] = []
    try:
        with transaction.atomic():
            done.append(work())
    except (OperationalError, InterfaceError) as error:
        if done and not connection.in_atomic_block:
            raise InDoubt from error
        raise
    return done[0]


def _settled(work: Callable[[], object]) -> None:
    connection.ensure_connection()
    try:
        work()
    except (OperationalError, InterfaceError) as error:
        # An error that PostgreSQL told of itself is an answer: it has rolled back.
        if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", None) is not None:
            raise
        raise InDoubt from error
