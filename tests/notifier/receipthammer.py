"""A program of its own: servers that write receipts about the same people, who read meanwhile. Prints what is stored as JSON.

`python -m tests.notifier.receipthammer WRITERS ROUNDS`, in an environment that names the database.
"""

import json
import os
import random
import sys
import threading

import django

PEOPLE, NOTIFICATIONS, LOT, BEGIN = 40, 10, 200, 1_800_000_000.0


def main(writers: int, rounds: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "notifier.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from notifier import ids, marking
    from notifier.access import Person
    from notifier.content import Draft
    from notifier.following import positions
    from notifier.models import Receipt, Subscription, Visitor
    from notifier.publishing import publish
    from notifier.receipts import Mark, Sight, note_delivered, write_marks, write_sights
    from notifier.visitors import Visit, write_visits

    call_command("migrate", verbosity=0)
    people = [f"person {number}" for number in range(PEOPLE)]
    for person in people:
        positions(Person(person))
    names = [
        ids.show_notification_id(publish(Draft.parse({"to": {"everyone": True}, "title": str(number)})).id)
        for number in range(NOTIFICATIONS)
    ]
    failures: list[str] = []
    lowest = {(person, seq): BEGIN * 2 for person in people for seq in range(1, NOTIFICATIONS + 1)}
    furthest = dict.fromkeys(people, 0)
    guard = threading.Lock()

    def write(number: int) -> None:
        choice = random.Random(number)
        for _ in range(rounds):
            marks = [
                Mark(choice.choice(people), "everyone", choice.randint(1, NOTIFICATIONS), at, at + 1)
                for at in (BEGIN + choice.randrange(10_000) for _ in range(LOT))
            ]
            reached = {(mark.recipient, "everyone"): mark.seq for mark in marks}
            with guard:
                for (person, _), seq in reached.items():
                    furthest[person] = max(furthest[person], seq)
                for mark in marks:
                    place = mark.recipient, mark.seq
                    lowest[place] = min(lowest[place], mark.sent or 0)
            try:
                write_marks(marks)
                write_sights([Sight(person, choice.choice(names), BEGIN) for person in choice.sample(people, 20)])
                note_delivered(reached)
                write_visits({mark.recipient: Visit(BEGIN, BEGIN, ()) for mark in marks}, server="srv_1")
            except Exception as error:
                failures.append(repr(error))
        connection.close()

    def read() -> None:
        choice = random.Random("reader")
        for _ in range(rounds):
            try:
                marking.mark_read(Person(choice.choice(people)), choice.sample(names, 5))
            except Exception as error:
                failures.append(repr(error))
        connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    threads.append(threading.Thread(target=read))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = {
        (receipt.recipient, int(receipt.notification.title) + 1): receipt.sent_at.timestamp()
        for receipt in Receipt.objects.select_related("notification")
        if receipt.sent_at is not None
    }
    everyone = Subscription.objects.filter(stream__name="everyone")
    told = {
        "failures": failures,
        "wrong": sum(stored.get(place) != (at if at < BEGIN * 2 else None) for place, at in lowest.items()),
        "receipts": len(stored),
        "visitors": Visitor.objects.count(),
        "positions": dict(everyone.values_list("recipient", "delivered_seq")) == furthest,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
