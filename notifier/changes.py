"""What a person changed in the inbox, as it is told to every connection of that person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

_LISTS = ("read", "unmarked", "archived", "unarchived")


@dataclass(frozen=True, slots=True)
class Change:
    """By one verb, or by several in a row. `revision` is that of the person's own stream; None when nothing has changed.

    The lists hold ids of notifications: what became read, unread again (`unmarked`), archived, and was taken out of the
    archive. With `all_read` everything became read, before what the lists say.
    """

    revision: int | None = None
    all_read: bool = False
    read: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()
    archived: tuple[str, ...] = ()
    unarchived: tuple[str, ...] = ()

    def as_state(self) -> dict[str, Any]:
        """As the fields of a `state` frame."""
        return {"all": self.all_read, **{name: list(getattr(self, name)) for name in _LISTS}}

    def as_message(self) -> dict[str, Any]:
        """As the fields of a message between servers."""
        return {"revision": self.revision, "all_read": self.all_read, **{name: getattr(self, name) for name in _LISTS}}

    @classmethod
    def of_message(cls, message: Mapping[str, Any]) -> Self:
        """Lists that a server of an earlier version does not send are empty."""
        lists = {name: tuple(message.get(name, ())) for name in _LISTS}
        return cls(message["revision"], message["all_read"], **lists)


def merge(told: Iterable[Change], own: Iterable[Change]) -> Change | None:
    """What a client is to be told once, of changes by others in any order; None if of nothing.

    Its `own` it was told already. They count where they came after one of the others: what was marked as read elsewhere
    and then as unread here is unread.
    """
    answered = {change.revision for change in own}
    news = [change for change in told if change.revision not in answered]
    if not news:
        return None
    concerned = {(kind, name) for change in news for kind, name, _ in _marks(change)}
    state: dict[tuple[str, str], bool] = {}
    all_read = False
    ordered = sorted([*news, *own], key=lambda change: change.revision or 0)
    for change in ordered:
        if change.all_read:
            all_read = all_read or change.revision not in answered
            state = {key: value for key, value in state.items() if key[0] != "read"}
        for kind, name, value in _marks(change):
            if all_read or (kind, name) in concerned:
                state[kind, name] = value

    def those(kind: str, value: bool) -> tuple[str, ...]:  # noqa: FBT001 -- two values of a table
        return tuple(name for (of, name), is_so in state.items() if of == kind and is_so is value)

    return Change(
        max(change.revision or 0 for change in news),
        all_read,
        those("read", True),
        those("read", False),
        those("archived", True),
        those("archived", False),
    )


def _marks(change: Change) -> Iterable[tuple[str, str, bool]]:
    for names, kind, value in (
        (change.read, "read", True),
        (change.unmarked, "read", False),
        (change.archived, "archived", True),
        (change.unarchived, "archived", False),
    ):
        yield from ((kind, name, value) for name in names)
