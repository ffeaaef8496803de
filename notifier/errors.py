"""Every way in which Notifier says no.

    NotifierError               code                HTTP  what to do
    ├── Invalid                 invalid             422   mend the named fields
    │   ├── Malformed           malformed           400   send well-formed JSON
    │   └── TooLarge            too_large           413   send less
    ├── Unauthenticated         unauthenticated     401   present a credential
    ├── Forbidden               forbidden           403   ask for the right
    ├── NotFound                not_found           404
    ├── Conflict                conflict            409  try again after `retry_after` seconds
    ├── TooMany                 rate_limited        429  try again after `retry_after` seconds
    └── Unavailable             unavailable         503   try again after `retry_after` seconds

`code` is stable and documented; `detail` is for people. The edges translate: `api.problems` to RFC 9457
documents, `consumers` to `error` frames and close codes.
"""

import math
from dataclasses import dataclass

from pydantic import ValidationError


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field. `pointer` is an RFC 6901 JSON pointer into what was sent, `#/to/users/3`."""

    pointer: str
    code: str
    detail: str


class NotifierError(Exception):
    code = "error"
    status = 500

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code


class Invalid(NotifierError):
    """Something that was given is not allowed; `problems` names each field."""

    code = "invalid"
    status = 422

    def __init__(self, problems: list[FieldProblem], *, code: str | None = None) -> None:
        super().__init__("; ".join(f"{problem.pointer}: {problem.detail}" for problem in problems), code=code)
        self.problems = problems

    @classmethod
    def of(cls, error: ValidationError) -> "Invalid":
        """From pydantic's report."""
        return cls([_field_problem(problem["loc"], problem["type"], problem["msg"]) for problem in error.errors()])

    @classmethod
    def field(cls, name: str, detail: str, *, code: str = "value_error") -> "Invalid":
        return cls([FieldProblem(f"#/{name}", code, detail)])


# What pydantic says in words of Python.
_PLAINER = {"extra_forbidden": "There is no such field.", "model_type": "Input should be a JSON object"}


def _field_problem(loc: tuple[int | str, ...], kind: str, message: str) -> FieldProblem:
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in loc]
    return FieldProblem("/".join(["#", *steps]), kind, _PLAINER.get(kind, message.removeprefix("Value error, ")))


class Malformed(Invalid):
    code = "malformed"
    status = 400


class TooLarge(NotifierError):
    code = "too_large"
    status = 413


class Unauthenticated(NotifierError):
    code = "unauthenticated"
    status = 401


class Forbidden(NotifierError):
    code = "forbidden"
    status = 403


class NotFound(NotifierError):
    code = "not_found"
    status = 404


class Conflict(NotifierError):
    """The same thing is being done at this moment; try again after `retry_after` seconds."""

    code = "conflict"
    status = 409
    retry_after = 1


class TooMany(NotifierError):
    """Asked too often; there is room again after `retry_after` seconds."""

    code = "rate_limited"
    status = 429

    def __init__(self, detail: str, wait: float) -> None:
        super().__init__(detail)
        self.retry_after = max(1, math.ceil(wait))


class Unavailable(NotifierError):
    """The database does not answer. Nothing was stored, unless the code says otherwise; the same request may succeed later."""

    code = "unavailable"
    status = 503
    retry_after = 2
