"""What a client is told of changes that come to it in any order, and beside its own."""

from itertools import permutations

import pytest

from notifier.changes import Change, merge

READ, UNREAD = Change(5, read=("a", "b")), Change(6, unmarked=("b",))


@pytest.mark.parametrize("told", list(permutations([READ, UNREAD, Change(7)])))
def test_last_change_of_each_counts(told: tuple[Change, ...]) -> None:
    assert merge(told, []) == Change(7, read=("a",), unmarked=("b",))


def test_own_changes_are_not_told_again_and_count_where_they_came_later() -> None:
    """What another device marked as read, and this one then as unread, is unread."""
    assert merge([UNREAD], [UNREAD]) is None
    assert merge([READ], [UNREAD]) == Change(5, read=("a",), unmarked=("b",))
    assert merge([UNREAD], [READ]) == Change(6, unmarked=("b",))
    assert merge([READ], [Change(6, all_read=True)]) == Change(5)


@pytest.mark.parametrize("own", [True, False])
def test_all_read_leaves_what_was_marked_after_it(own: bool) -> None:
    before, everything, after = Change(4, unmarked=("a",)), Change(5, all_read=True), UNREAD
    told = [everything] if own else [after, everything, before]
    assert merge(told, [before, after] if own else []) == Change(5 if own else 6, all_read=True, unmarked=("b",))


def test_archive_and_reading_are_apart() -> None:
    archived = Change(5, read=("a",), archived=("a", "b"))
    told = [archived, Change(6, unarchived=("a",))]
    assert merge(told, []) == Change(6, read=("a",), archived=("b",), unarchived=("a",))


def test_message_of_an_earlier_version_is_understood() -> None:
    """While servers are updated one after the other."""
    assert Change.of_message({"revision": 3, "read": ["a"], "all_read": False}) == Change(3, read=("a",))
    assert Change.of_message(READ.as_message()) == READ
