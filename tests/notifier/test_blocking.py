"""Who is blocked, of many."""

import pytest
from django.utils import timezone

from notifier.blocking import blocked_among
from notifier.operator_models import Block

pytestmark = pytest.mark.django_db

CROWD = {f"person-{number}" for number in range(200)}


@pytest.mark.parametrize("blocks", [0, 3, 150])
def test_those_are_found_who_are_asked_about(blocks: int) -> None:
    blocked = {f"person-{number}" for number in range(100, 100 + blocks)}
    Block.objects.bulk_create(Block(recipient=name, by="ann", created_at=timezone.now()) for name in blocked)
    assert blocked_among(CROWD) == blocked & CROWD
    assert blocked_among(["person-101", "somebody"]) == blocked & {"person-101"}
    assert blocked_among([]) == set()
