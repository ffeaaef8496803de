"""Statements that store things, run together: each is SQL and its parameters.

PostgreSQL gets them as one statement, in one round trip: its own transaction, which is committed when the answer is here. Within a
transaction it takes part in that, as the statements do one after the other with SQLite.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction

T = TypeVar("T")


class Statement(NamedTuple):
    name: str
    """Under which PostgreSQL has its rows for the others: tables are as they were before all of them ("Data-Modifying Statements in WITH", 7.8.4 of its manual)."""
    sql: str
    parameters: Sequence[Any]
    returns: Sequence[str] = ()
    """Which columns of its rows are wanted: the first ones of those that it has, and of numbers or texts."""


class InDoubt(Exception):
    """The connection broke when the transaction was to be committed: nobody can tell whether it was."""


def execute(statements: Sequence[Statement]) -> list[list[Any]]:
    """Run all. Returns the rows that each returns, as sequences of texts and numbers. InDoubt when this was the whole transaction, and its end is unknown."""
    if connection.vendor == "postgresql":
        return _together(statements)
    rows = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.sql, statement.parameters)
            rows.append([row[: len(statement.returns)] for row in cursor.fetchall()] if statement.returns else [])
    return rows


def _together(statements: Sequence[Statement]) -> list[list[Any]]:
    parts = ", ".join(f"{statement.name} AS ({statement.sql})" for statement in statements)
    rows = ", ".join(_rows(statement) for statement in statements)
    parameters = [value for statement in statements for value in statement.parameters]
    found = _settled(lambda: connection.prepared(f"WITH {parts} SELECT {rows}", parameters))  # type: ignore[attr-defined] # of notifier.postgres
    return [told or [] for told in found[0]]


def _rows(statement: Statement) -> str:
    """All of them as one value, so that those of several kinds are one row."""
    wanted = f"json_build_array({', '.join(statement.returns)})"
    return f"(SELECT json_agg({wanted}) FROM {statement.name})" if statement.returns else "NULL"  # noqa: S608 -- no input in it


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


def _settled(work: Callable[[], T]) -> T:
    connection.ensure_connection()
    try:
        return work()
    except (OperationalError, InterfaceError) as error:
        # An error that PostgreSQL told of itself is an answer: it has rolled back.
        if connection.in_atomic_block or getattr(error.__cause__, "sqlstate", None) is not None:
            raise
        raise InDoubt from error
