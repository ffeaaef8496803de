"""JSON as RFC 8259 has it, and no more."""

import json
from typing import Any, NoReturn


def loads(text: str) -> Any:
    """One JSON value. ValueError says what is wrong.

    Refused, besides what is no JSON: NaN and Infinity, a field that is given twice (it has no one meaning, RFC 8259
    section 4), and nesting deeper than the parser can follow.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError as error:
        if "integer string conversion" in str(
            error
        ):  # Python's bound on the time that this takes, told in its own words
            raise ValueError("a number has too many digits") from None
        raise


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the field {next(name for name in names if names.count(name) > 1)!r} is given twice")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


# Made once: `json.loads` makes one for each text.
_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant)
