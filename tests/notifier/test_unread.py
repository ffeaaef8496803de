"""How many are unread, for many people at once: as counting each by hand gives."""

import random

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from notifier import names
from notifier.access import Person
from notifier.following import follow
from notifier.inbox import count, counts, page
from notifier.marking import archive, mark_all_read, mark_read, mark_unread
from notifier.models import Receipt
from notifier.publishing import publish
from notifier.resuming import Opening, Request, open_all
from notifier.revocation import revoke_tokens
from tests.notifier.drafts import draft

pytestmark = pytest.mark.django_db

TOPICS = [f"room.{number}" for number in range(3)]


def test_counting_many_people_at_once_is_counting_each() -> None:
    """Also what stands in several of a person's streams, what was read singly, all at once, and marked as unread again."""
    random.seed(7)
    people = [Person(f"p{number}", tuple(TOPICS)) for number in range(12)]
    for person in people:
        count(person)
        for topic in random.sample(TOPICS, random.randint(0, 3)):
            follow(person, topic)
    for number in range(60):
        publish(
            draft(
                *random.sample([person.recipient for person in people], random.randint(1, 4)),
                topics=tuple(random.sample(TOPICS, random.randint(0, 2))),
                everyone=random.random() < 0.1,
                title=str(number),
            )
        )
        reader = random.choice(people)
        if number % 5 == 0:
            shown = [item["id"] for item in page(reader, limit=100).items]
            mark_read(reader, random.sample(shown, min(3, len(shown))))
            mark_unread(reader, random.sample(shown, min(3, len(shown))))
            archive(reader, random.sample(shown, min(2, len(shown))))
        if number % 20 == 0:
            mark_all_read(random.choice(people))
        if number % 21 == 0:
            old = [item["id"] for item in page(reader, limit=100).items]
            mark_unread(reader, random.sample(old, min(2, len(old))))
    by_hand = {person: sum(not item["read"] for item in page(person, limit=100).items) for person in people}
    assert {person: found.unread for person, found in counts(people).items()} == by_hand
    assert len(set(by_hand.values())) > 3, "the cases should differ"
    assert Receipt.objects.count() > 10


def test_two_credentials_of_one_person_are_counted_apart() -> None:
    """A token that grants fewer topics shows less."""
    all_of_it, narrow = Person("alice", ("*",)), Person("alice")
    count(all_of_it)
    follow(all_of_it, "room.1")
    publish(draft(topics=("room.1",)))
    publish(draft("alice"))
    found = counts([all_of_it, narrow])
    assert (found[all_of_it].unread, found[narrow].unread) == (2, 1)


def test_openings_of_a_crowd_take_the_queries_of_one(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    """Revoked tokens and unknown topics among them disturb nobody."""
    people = [Person(f"p{number}", issued=timezone.now().timestamp() - 60) for number in range(300)]
    revoke_tokens("p7")
    requests = [Request(person) for person in people]
    requests += [Request(people[0], topic="room.1"), Request(people[1], topic="nowhere")]
    open_all(requests)
    publish(draft(*(person.recipient for person in people), everyone=True))
    with django_assert_max_num_queries(8):
        openings = open_all(requests)
    refused = [request for request, answer in openings.items() if not isinstance(answer, Opening)]
    assert [request.person.recipient for request in refused] == ["p7"]
    unread = {answer.unread for answer in openings.values() if isinstance(answer, Opening) and len(answer.cursors) > 1}
    assert unread == {1}, "the one notification stands in two streams of each"
    assert names.topic_stream("nowhere") in [
        *(stream for answer in openings.values() if isinstance(answer, Opening) for stream in answer.cursors)
    ]
