"""A program of its own: publishers, two pruners, a poller and somebody who reads, all on one stream. Prints what came of it as JSON.

`python -m tests.notifier.prunehammer PUBLISHERS EACH`, in an environment that names the database. What is older than
a fraction of a second is pruned all the while.
"""

import json
import os
import sys
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import django

STREAM, KEPT = "user:alice", timedelta(seconds=0.15)


def main(publishers: int, each: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "notifier.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from notifier import ids, inbox, marking, retention
    from notifier.access import Person
    from notifier.models import Entry, Notification, Receipt, Stream
    from notifier.publishing import publish
    from tests.notifier.drafts import draft

    call_command("migrate", verbosity=0)
    retention.BATCH = 7
    told: dict[str, Any] = {"published": 0, "pruned": 0, "resets": 0, "silent": 0, "read": 0, "failures": []}
    published: list[Any] = []
    busy = threading.Barrier(publishers + 1)
    quiet = threading.Event()
    moments: list[datetime] = []

    def guarded(work: Any, *arguments: int) -> None:
        try:
            work(*arguments)
        except Exception as error:  # nothing may fail: it is told, and the test fails
            told["failures"].append(repr(error))
        finally:
            if work is write:
                busy.wait()
            connection.close()

    def write(number: int) -> None:
        for index in range(each):
            # Names in any order: who locks them otherwise than in theirs meets a deadlock here.
            others = [f"other-{(number + index + step) % 5}" for step in range(3)]
            published.append(publish(draft("alice", *others, everyone=index % 3 == 0)).id)

    def prune() -> None:
        while not quiet.is_set():
            moments.append(timezone.now() - KEPT)
            for step in retention.prune(moments[-1]):
                told["pruned"] += step.notifications
                time.sleep(0.001)

    def poll() -> None:
        cursor = 0
        while not quiet.is_set() or cursor < inbox.last_seqs([STREAM])[STREAM][0]:
            missed = inbox.since([(STREAM, cursor)], limit=20)[STREAM, cursor]
            if missed.oldest > cursor + 1:
                told["resets"] += 1
                cursor = missed.oldest - 1
            told["silent"] += missed.upto - cursor - len(missed.entries)
            cursor = missed.upto
            time.sleep(0.02 if cursor % 3 else 0.2)

    def read() -> None:
        while not quiet.is_set():
            page = inbox.page(Person("alice"), limit=20)
            told["read"] += len(marking.mark_read(Person("alice"), [item["id"] for item in page.items]).read)

    works: list[tuple[Any, ...]] = [(write, number) for number in range(publishers)]
    threads = [threading.Thread(target=guarded, args=work) for work in [*works, (prune,), (prune,), (poll,), (read,)]]
    for thread in threads:
        thread.start()
    busy.wait()
    quiet.set()
    for thread in threads:
        thread.join()

    first_kept = ids.first_notification_id(max(moments))
    stored = set(Notification.objects.values_list("pk", flat=True))
    streams = {stream.pk: stream for stream in Stream.objects.all()}
    seqs: dict[int, list[int]] = {pk: [] for pk in streams}
    for pk, seq in Entry.objects.order_by("stream_id", "seq").values_list("stream_id", "seq"):
        seqs[pk].append(seq)
    told["published"] = len(published)
    told["lost"] = len([pk for pk in published if pk >= first_kept and pk not in stored])
    told["stored"] = len(stored)
    told["not contiguous"] = [
        stream.name for pk, stream in streams.items() if seqs[pk] != list(range(stream.oldest_seq, stream.last_seq + 1))
    ]
    told["moved"] = sum(stream.oldest_seq > 1 for stream in streams.values())
    total = retention.Pruned()
    for step in retention.prune(timezone.now() + timedelta(seconds=1)):
        total += step
    told["left"] = [model.objects.count() for model in (Entry, Notification, Receipt)]
    told["unread"] = inbox.count(Person("alice")).unread
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
