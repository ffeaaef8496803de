"""A program of its own: publishers and a polling reader, all on one stream. Prints what it saw as JSON.

`python -m tests.notifier.hammer PUBLISHERS EACH`, in an environment that names the database.
"""

import json
import os
import sys
import threading

import django

STREAM = "user:alice"


def main(publishers: int, each: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "notifier.settings"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from notifier.content import Draft
    from notifier.inbox import since
    from notifier.publishing import publish

    call_command("migrate", verbosity=0)
    total = publishers * each
    seen: list[int] = []
    lags: list[int] = []

    def write(number: int) -> None:
        for index in range(each):
            others = [f"other-{(number + index) % 7}"]
            publish(Draft.parse({"to": {"users": ["alice", *others]}, "title": f"{number}-{index}"}))
        connection.close()

    def read() -> None:
        cursor = 0
        while cursor < total:
            missed = since([(STREAM, cursor)])[STREAM, cursor]
            # Whatever the reader is told to have read up to, it must have been given.
            lags.append(missed.upto - cursor - len(missed.entries))
            seen.extend(seq for seq, _ in missed.entries)
            cursor = missed.upto
        connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(publishers)]
    threads.append(threading.Thread(target=read))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"seen": seen, "skipped": sum(lags), "polls": len(lags)}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
