"""What a publisher is told."""

from pathlib import Path

import pytest

from tests.notifier.programs import play


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_each_person_addressed_is_counted_once(request: pytest.FixtureRequest, tmp_path: Path, database: str) -> None:
    """Alone, beside others in one transaction, and with a key; those who are known as a part of everyone, and those who are not yet."""
    told = play("tests.notifier.countwork", 7, database=database, request=request, folder=tmp_path)
    each = [1, 2, 7, 8]
    assert told.pop("stored") == each * 3
    assert told == dict.fromkeys(["together", "with keys", "with keys again", "alone", "foreseen"], each)
