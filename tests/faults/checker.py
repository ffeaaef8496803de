"""Was anything lost, invented, doubled, misordered or late? Decided from a history alone.

Pure, and it shares nothing with the product: not a constant, not the shape of a stream's name.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

from tests.faults.history import Attempt, History, Observation, Outcome


@dataclass
class Verdict:
    """Each list says, a line for each, what is wrong; empty lists are a promise kept."""

    lost: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    misordered: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    """Seconds from the start of the POST to the hand-over, sorted: one for each observation of an attempt."""

    @property
    def objections(self) -> list[str]:
        named = {
            "lost": self.lost,
            "phantom": self.phantom,
            "duplicated": self.duplicated,
            "misordered": self.misordered,
            "late": self.late,
        }
        return [f"{name}: {line}" for name, lines in named.items() for line in lines]

    def delay(self, share: float) -> float:
        """The delay that this share of the deliveries did not exceed; 0 when there were none.

        >>> Verdict(delays=[0.1, 0.2, 0.3, 9.0]).delay(0.5)
        0.2
        """
        return percentile(self.delays, share)


def percentile(ordered: list[float], share: float) -> float:
    """By the nearest rank: a value that occurred."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def check(history: History, *, bound: float | None = None) -> Verdict:
    """Judge a history whose clients had the time to be handed everything. `bound`: the delay in seconds that is still in time."""
    attempts = {attempt.title: attempt for attempt in history.attempts}
    if len(attempts) != len(history.attempts):
        raise ValueError("the history itself is wrong: two attempts have the same title")
    by_client: dict[str, list[Observation]] = defaultdict(list)
    for observation in history.observations:
        by_client[observation.client].append(observation)
    verdict = Verdict()
    for client, streams in history.carried.items():
        owed = [one for one in history.attempts if one.stream in streams and (client, one.title) not in history.excused]
        _check_lost(verdict, client, by_client.get(client, []), owed)
    for client, seen in by_client.items():
        _check_doubles(verdict, client, seen)
        _check_rising(verdict, client, seen)
        for observation in seen:
            _check_one(verdict, observation, attempts.get(observation.title), bound)
    seqs = _agreed_seqs(verdict, history.observations)
    by_stream: dict[str, list[Attempt]] = defaultdict(list)
    for attempt in history.attempts:
        by_stream[attempt.stream].append(attempt)
    for stream, published in by_stream.items():
        _check_real_time(verdict, stream, published, seqs)
    verdict.delays.sort()
    return verdict


def _check_lost(verdict: Verdict, client: str, seen: list[Observation], owed: Iterable[Attempt]) -> None:
    """What was answered with a 2xx is handed over by each client of the stream."""
    handed = {(observation.stream, observation.title) for observation in seen}
    verdict.lost += [
        f"{client} never got {attempt.title!r} of {attempt.stream}"
        for attempt in owed
        if attempt.outcome is Outcome.OK and (attempt.stream, attempt.title) not in handed
    ]


def _check_doubles(verdict: Verdict, client: str, seen: list[Observation]) -> None:
    places = Counter((observation.stream, observation.seq) for observation in seen)
    titles = Counter((observation.stream, observation.title) for observation in seen)
    twice = [
        f"{client} got seq {seq} of {stream} {times} times" for (stream, seq), times in places.items() if times > 1
    ]
    again = [
        f"{client} got {title!r} of {stream} {times} times" for (stream, title), times in titles.items() if times > 1
    ]
    verdict.duplicated += twice + again


def _check_rising(verdict: Verdict, client: str, seen: list[Observation]) -> None:
    """A client's seq in a stream only rises. One that is repeated is a double, and named there."""
    last: dict[str, int] = {}
    for observation in seen:
        before = last.get(observation.stream, 0)
        if observation.seq < before:
            verdict.misordered.append(f"{client} got seq {observation.seq} of {observation.stream} after {before}")
        last[observation.stream] = max(before, observation.seq)


def _check_one(verdict: Verdict, observation: Observation, attempt: Attempt | None, bound: float | None) -> None:
    """It comes from an attempt that may have succeeded, at its stream, and in time."""
    where = f"{observation.client} got {observation.title!r} of {observation.stream}"
    if attempt is None:
        verdict.phantom.append(f"{where}, which nobody sent")
        return
    if attempt.outcome is Outcome.FAILED:
        verdict.phantom.append(f"{where}, whose POST failed ({attempt.status})")
    if attempt.stream != observation.stream:
        verdict.phantom.append(f"{where}, which was sent to {attempt.stream}")
    delay = observation.at - attempt.started
    if delay < 0:
        verdict.phantom.append(f"{where}, {-delay:.3f} s before it was sent")
    verdict.delays.append(delay)
    if bound is not None and delay > bound:
        verdict.late.append(f"{where} after {delay:.2f} s")


def _agreed_seqs(verdict: Verdict, observations: list[Observation]) -> dict[tuple[str, str], int]:
    """The seq of each title in its stream. All clients must agree on it, and on the title of each seq."""
    seqs: dict[tuple[str, str], int] = {}
    titles: dict[tuple[str, int], str] = {}
    for seen in observations:
        seq = seqs.setdefault((seen.stream, seen.title), seen.seq)
        title = titles.setdefault((seen.stream, seen.seq), seen.title)
        if (seq, title) != (seen.seq, seen.title):
            verdict.misordered.append(
                f"{seen.client} got {seen.title!r} as seq {seen.seq} of {seen.stream}, another got {title!r} there or it as {seq}"
            )
    return seqs


def _check_real_time(verdict: Verdict, stream: str, published: list[Attempt], seqs: dict[tuple[str, str], int]) -> None:
    """Of two POSTs that did not overlap, where the first was answered before the second began, the first has the lower seq."""
    placed = [attempt for attempt in published if (stream, attempt.title) in seqs]
    answered = sorted((attempt for attempt in placed if attempt.outcome is Outcome.OK), key=attrgetter("finished"))
    highest, done = 0, 0
    newest: Attempt | None = None
    for attempt in sorted(placed, key=attrgetter("started")):
        while done < len(answered) and answered[done].finished < attempt.started:
            if (seq := seqs[stream, answered[done].title]) > highest:
                highest, newest = seq, answered[done]
            done += 1
        seq = seqs[stream, attempt.title]
        if newest is not None and seq < highest:
            verdict.misordered.append(
                f"{newest.title!r} was answered before {attempt.title!r} was sent to {stream}, and has seq {highest}, after {seq}"
            )
