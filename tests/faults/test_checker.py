"""The checker objects to each fault that is planted in a history, and to nothing in a clean one."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faults.checker import check, percentile
from tests.faults.history import Attempt, History, Observation, Outcome

STREAM, SHARED = "user:ann", "everyone"


def clean() -> History:
    """Ann on two tabs, and Ben: three POSTs to ann and two to everyone, all handed over within 50 ms."""
    history = History(
        carried={
            "ann-1": frozenset({STREAM, SHARED}),
            "ann-2": frozenset({STREAM, SHARED}),
            "ben": frozenset({"user:ben", SHARED}),
        }
    )
    seqs = {STREAM: 0, SHARED: 0}
    for number, stream in enumerate([STREAM, SHARED, STREAM, STREAM, SHARED]):
        began = 10.0 + number
        seqs[stream] += 1
        history.attempts.append(Attempt(stream, f"n{number}", began, began + 0.02, Outcome.OK, f"ntf_{number}", 201))
        history.observations += [
            Observation(client, stream, seqs[stream], f"n{number}", began + 0.05)
            for client, streams in history.carried.items()
            if stream in streams
        ]
    return history


def seen(history: History, client: str, title: str) -> int:
    """Where in the history this client was handed this title."""
    return next(index for index, one in enumerate(history.observations) if (one.client, one.title) == (client, title))


def test_a_clean_history_passes() -> None:
    verdict = check(clean(), bound=1)
    assert verdict.objections == []
    assert verdict.delay(0.5) == pytest.approx(0.05)
    assert len(verdict.delays) == 3 * 2 + 2 * 3


def lose_one(history: History) -> None:
    del history.observations[seen(history, "ben", "n1")]


def lose_the_tail_of_all(history: History) -> None:
    history.observations = [one for one in history.observations if one.title != "n4"]


def invent(history: History) -> None:
    history.observations.append(Observation("ben", SHARED, 3, "out of nowhere", 20.0))


def deliver_what_failed(history: History) -> None:
    history.attempts[-1] = replace(history.attempts[-1], outcome=Outcome.FAILED, status=503)


def deliver_to_another_stream(history: History) -> None:
    index = seen(history, "ann-1", "n0")
    history.observations[index] = replace(history.observations[index], stream=SHARED, seq=7)


def deliver_before_it_was_sent(history: History) -> None:
    index = seen(history, "ann-1", "n4")
    history.observations[index] = replace(history.observations[index], at=13.9)


def hand_over_twice(history: History) -> None:
    index = seen(history, "ann-2", "n2")
    history.observations.insert(index + 1, history.observations[index])


def store_twice(history: History) -> None:
    """One POST became two entries: another seq, the same title."""
    history.observations.append(replace(history.observations[seen(history, "ben", "n4")], seq=3))


def swap_two_at_one_client(history: History) -> None:
    first, second = seen(history, "ann-1", "n2"), seen(history, "ann-1", "n3")
    observations = history.observations
    observations[first], observations[second] = observations[second], observations[first]


def give_the_later_post_the_lower_seq(history: History) -> None:
    """The clients agree on an order that is not the one in which the publisher was answered."""
    places = {"n2": 3, "n3": 2}
    moved = [replace(one, seq=places.get(one.title, one.seq)) for one in history.observations]
    history.observations = sorted(moved, key=lambda one: (one.client, one.stream, one.seq))


def let_clients_disagree(history: History) -> None:
    index = seen(history, "ben", "n4")
    history.observations[index] = replace(history.observations[index], seq=9)


def delay_one(history: History) -> None:
    index = seen(history, "ann-2", "n4")
    history.observations[index] = replace(history.observations[index], at=19.5)


@pytest.mark.parametrize(
    ("plant", "kind"),
    [
        (lose_one, "lost"),
        (lose_the_tail_of_all, "lost"),
        (invent, "phantom"),
        (deliver_what_failed, "phantom"),
        (deliver_to_another_stream, "phantom"),
        (deliver_before_it_was_sent, "phantom"),
        (hand_over_twice, "duplicated"),
        (store_twice, "duplicated"),
        (swap_two_at_one_client, "misordered"),
        (give_the_later_post_the_lower_seq, "misordered"),
        (let_clients_disagree, "misordered"),
        (delay_one, "late"),
    ],
)
def test_a_planted_fault_is_found(plant: Callable[[History], None], kind: str) -> None:
    history = clean()
    plant(history)
    assert getattr(check(history, bound=1), kind), kind


def test_what_is_unknown_may_come_or_stay_away() -> None:
    history = clean()
    history.attempts += [Attempt(SHARED, title, 16, 17, Outcome.UNKNOWN) for title in ("came", "did not")]
    history.observations += [Observation(client, SHARED, 3, "came", 16.5) for client in history.carried]
    assert check(history, bound=1).objections == []


def test_what_was_no_longer_kept_is_owed_to_nobody_else() -> None:
    history = clean()
    lose_the_tail_of_all(history)
    history.excused.add(("ben", "n4"))
    assert len(check(history, bound=1).lost) == 2
    history.excused |= {("ann-1", "n4"), ("ann-2", "n4")}
    assert check(history, bound=1).objections == []


def test_what_overlaps_may_have_either_order() -> None:
    history = History(carried={"ann": frozenset({STREAM})})
    history.attempts = [
        Attempt(STREAM, "slow", 1.0, 3.0, Outcome.OK),
        Attempt(STREAM, "quick", 2.0, 2.1, Outcome.OK),
    ]
    history.observations = [Observation("ann", STREAM, 1, "quick", 2.2), Observation("ann", STREAM, 2, "slow", 3.0)]
    assert check(history).objections == []


def test_a_hole_in_the_seq_is_no_loss() -> None:
    history = clean()
    history.observations = [replace(one, seq=one.seq * 10) for one in history.observations]
    assert check(history, bound=1).objections == []


def test_two_attempts_of_one_title_are_no_history() -> None:
    history = clean()
    history.attempts.append(history.attempts[0])
    with pytest.raises(ValueError, match="same title"):
        check(history)


@given(st.integers(1, 40), st.randoms(use_true_random=False))
def test_any_loss_from_any_history_is_found(size: int, chance: random.Random) -> None:
    """Whatever one takes out of a complete history, or doubles in it, does not go unnoticed."""
    history = History(carried={"ann": frozenset({STREAM})})
    for number in range(size):
        history.attempts.append(Attempt(STREAM, str(number), number, number + chance.random() * 3, Outcome.OK))
        history.observations.append(Observation("ann", STREAM, number + 1, str(number), number + 5))
    assert check(history).objections == []
    victim = chance.randrange(size)
    assert check(replace(history, observations=history.observations[:victim] + history.observations[victim + 1 :])).lost
    assert check(replace(history, observations=[*history.observations, history.observations[victim]])).duplicated


def test_percentiles_are_values_that_occurred() -> None:
    values = [float(number) for number in range(1, 101)]
    assert [percentile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1, 50, 99, 100]
    assert percentile([], 0.5) == 0
