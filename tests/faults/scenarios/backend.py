"""A backend that gets no answer, and asks again."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
import psycopg

from tests.faults.history import Attempt, Outcome, now
from tests.faults.load import Target
from tests.faults.result import Result, judge
from tests.faults.scenarios.playing import Length
from tests.faults.stage import Stage
from tests.real.postgres import Postgres

_REPETITIONS, _INTERRUPTED = 100, 40
_AT_A_TIME = 16
# A kill may meet none: then there is another round.
_MOST_ROUNDS = 10
_INSIST_SECONDS, _PAUSE_SECONDS = 30.0, 0.05


def one_notification(kind: str, length: Length, postgres: Postgres | None = None) -> Result:
    """A hundred concurrent POSTs with one key over two servers, and some that are repeated over a kill -9: one notification each."""
    least, rounds = {"short": 1, "long": 5}[length], 0
    with (
        Stage(kind, servers=2, clients=4, postgres=postgres) as stage,
        ThreadPoolExecutor(_REPETITIONS) as pool,
        # Not all at once: those that come together are stored together, and the kill is to come between.
        ThreadPoolExecutor(_AT_A_TIME) as few,
        httpx.Client(base_url=f"http://127.0.0.1:{stage.port}", timeout=_INSIST_SECONDS, trust_env=False) as http,
    ):
        http.headers["Authorization"] = f"Bearer {stage.servers[0].key}"
        mine = Target.person(stage.people[0])
        ids, interrupted, repeated = [], 0, 0
        while rounds < least or (not interrupted and rounds < _MOST_ROUNDS):
            number, rounds = rounds, rounds + 1
            began, title = now(), f"concurrent {number}"
            answers = list(pool.map(partial(_insist, http, mine, title), range(_REPETITIONS)))
            ids.append(len({answer.json()["id"] for answer, _ in answers}))
            stage.history.attempts.append(_attempt(mine, title, began, answers[0][0]))
            titles = [f"interrupted {number}.{one}" for one in range(_INTERRUPTED)]
            began = now()
            asked = [few.submit(_insist, http, mine, title) for title in titles]
            with stage.fault("kill -9"):
                while not any(one.done() for one in asked):
                    time.sleep(0.001)
                stage.servers[0].kill()
                for title, one in zip(titles, asked, strict=True):
                    answer, broken = one.result()
                    stage.history.attempts.append(_attempt(mine, title, began, answer))
                    interrupted += broken
                    repeated += broken and answer.headers.get("Idempotent-Replayed") == "true"
                stage.servers[0].start()
        result = judge(stage, "one notification", bound=30, settle=30)
        rows, titles_stored = _stored(stage)
        result.figures["concurrent POSTs with one key"] = f"{rounds} × {_REPETITIONS}, {max(ids)} notification each"
        result.figures["POSTs cut off by a kill -9 and repeated"] = (
            f"{interrupted} of {rounds * _INTERRUPTED}, of which {repeated} had been stored"
        )
        result.figures["notifications stored"] = f"{rows} with {titles_stored} titles"
        result.demand(max(ids) == 1, f"{max(ids)} notifications for one key")
        result.demand(rows == titles_stored == rounds * (1 + _INTERRUPTED), f"{rows} notifications were stored")
        result.demand(interrupted > 0, "no POST was cut off by the kill")
        return result


def _insist(http: httpx.Client, target: Target, title: str, number: int = 0) -> tuple[httpx.Response, bool]:
    """POST, and again with the same key until it is answered with a 201; the answer, and whether the line broke before."""
    broken, give_up = False, now() + _INSIST_SECONDS
    while True:
        try:
            answer = http.post(
                "/api/v1/notifications", headers={"Idempotency-Key": title}, json={"to": target.to, "title": title}
            )
            if answer.status_code == 201:
                return answer, broken
            assert answer.status_code in {409, 503}, answer.text
        except httpx.TransportError:
            broken = True
        assert now() < give_up, f"no answer to {title!r}, {number}"
        time.sleep(_PAUSE_SECONDS)


def _attempt(target: Target, title: str, began: float, answer: httpx.Response) -> Attempt:
    return Attempt(target.stream, title, began, now(), Outcome.OK, answer.json()["id"], answer.status_code)


def _stored(stage: Stage) -> tuple[int, int]:
    with psycopg.connect(stage.postgres.url(stage.database)) as connection:
        row = connection.execute("SELECT count(*), count(DISTINCT title) FROM notifier_notification").fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
