"""Publishers: threads that POST at a given rate, whatever becomes of it, and write each attempt down."""

import itertools
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4

import httpx

from tests.faults.history import Attempt, History, Outcome, now

_ANSWER_SECONDS = 30.0
_INSIST_SECONDS = 20.0
# After a refusal, so that a server that is away is not hammered.
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True)
class Target:
    """An audience of one stream, by the name that clients see and by that which the API takes."""

    stream: str
    to: dict[str, Any]

    @classmethod
    def person(cls, user: str) -> "Target":
        return cls(f"user:{user}", {"users": [user]})


EVERYONE = Target("everyone", {"everyone": True})


class Publishers:
    """`number` threads that together make `rate` attempts a second, each to any of the targets.

    They go on until stopped, or until `limit` attempts were made. Every second one insists: where no answer comes, it
    is repeated with its `Idempotency-Key` until there is one. The others leave it at that; the next has another title.
    `fields` are further ones of each notification.
    """

    def __init__(
        self,
        history: History,
        url: str,
        key: str,
        targets: Sequence[Target],
        *,
        number: int,
        rate: float,
        limit: int | None = None,
        fields: dict[str, Any] | None = None,
    ) -> None:
        self._history, self._url, self._targets = history, url, targets
        self._key, self._fields = key, fields or {}
        self._period = number / rate
        self._titles = iter(range(limit)) if limit is not None else itertools.count()
        self._lock = threading.Lock()
        self._name = uuid4().hex[:6]
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._run, name=f"publisher-{n}", daemon=True) for n in range(number)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def join(self, *, seconds: float) -> None:
        """Wait until the limit is reached."""
        give_up = now() + seconds
        for thread in self._threads:
            thread.join(max(0.0, give_up - now()))
            assert not thread.is_alive(), f"the publishers did not finish in {seconds} s"

    def stop(self) -> None:
        """No more attempts; those under way are waited for."""
        self._stopping.set()
        self.join(seconds=_INSIST_SECONDS + _ANSWER_SECONDS + 10)

    def _run(self) -> None:
        due = now() + random.random() * self._period
        with httpx.Client(timeout=_ANSWER_SECONDS, trust_env=False) as http:
            while not self._stopping.wait(max(0.0, due - now())):
                with self._lock:
                    number = next(self._titles, None)
                if number is None:
                    return
                attempt = self._attempt(http, f"{self._name}-{number}", insists=number % 2 == 0)
                self._history.attempts.append(attempt)
                # One that waited long does not make up for the time.
                due = max(due + self._period, now())
                if attempt.outcome is not Outcome.OK:
                    due = max(due, now() + _PAUSE_SECONDS)

    def _attempt(self, http: httpx.Client, title: str, *, insists: bool) -> Attempt:
        target, began = random.choice(self._targets), now()
        first = self._post(http, target, title, began)
        if not insists or first.outcome is not Outcome.UNKNOWN:
            return first
        while now() < began + _INSIST_SECONDS:
            time.sleep(_PAUSE_SECONDS)
            again = self._post(http, target, title, began)
            if again.outcome is Outcome.OK:
                return again
        return first  # that repetitions were refused says nothing of the first

    def _post(self, http: httpx.Client, target: Target, title: str, began: float) -> Attempt:
        def ended(outcome: Outcome, *, notification: str | None = None, status: int | None = None) -> Attempt:
            return Attempt(target.stream, title, began, now(), outcome, notification, status)

        try:
            answer = http.post(
                f"{self._url}/api/v1/notifications",
                headers={"Authorization": f"Bearer {self._key}", "Idempotency-Key": title},
                json={"to": target.to, "title": title, **self._fields},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout):
            return ended(Outcome.FAILED)  # it never left
        except httpx.TransportError:
            return ended(Outcome.UNKNOWN)
        if answer.is_success:
            return ended(Outcome.OK, notification=answer.json()["id"], status=answer.status_code)
        in_doubt = answer.status_code == 503 and answer.json()["code"] == "outcome_unknown"
        return ended(Outcome.UNKNOWN if in_doubt else Outcome.FAILED, status=answer.status_code)
