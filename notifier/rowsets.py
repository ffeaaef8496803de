"""Many rows handed to one statement, as one JSON value: no limit on parameters, and little work for this process."""

import json
from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import Model


def rowset(name: str, **columns: str) -> str:
    """A table for a FROM clause, called `name`, with these columns and their types in PostgreSQL. It takes one parameter: see `pack`."""
    if connection.vendor == "postgresql":
        typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        return f"json_to_recordset(%s::json) AS {name}({typed})"
    picked = ", ".join(f"json_extract(value, '$.{column}') AS {column}" for column in columns)
    return f"(SELECT {picked} FROM json_each(%s)) AS {name}"  # noqa: S608 -- no input in it


def pack(rows: Iterable[Mapping[str, object]]) -> str:
    """The rows as the parameter of a `rowset`."""
    return json.dumps(list(rows), separators=(",", ":"))


def table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
