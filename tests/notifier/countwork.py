"""A program of its own: how many people the answers, and what is stored, say were addressed. Prints both as JSON.

`python -m tests.notifier.countwork PEOPLE`, in an environment that names the database. So many people are known, alice among them.
"""

import json
import os
import sys

import django


def main(people: int) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "notifier.settings"
    django.setup()
    from django.core.management import call_command

    from notifier.access import Person, create_key
    from notifier.following import positions_of
    from notifier.idempotency import Once
    from notifier.models import Notification
    from notifier.publishing import Sending, addressees, publish_all
    from tests.notifier.drafts import draft

    call_command("migrate", verbosity=0)
    positions_of([Person("alice"), *(Person(f"person-{number}") for number in range(people - 1))], None)
    sender, _ = create_key("a backend", [])
    drafts = {
        "alice": draft("alice"),
        "nobody known": draft("bob", "carol"),
        "everyone": draft(everyone=True),
        "everyone and a stranger": draft("alice", "bob", everyone=True),
    }
    once = {name: Once(sender.pk, name, bytes(32)) for name in drafts}
    sent = {
        "together": publish_all(sendings := [Sending(one) for one in drafts.values()]),
        "with keys": publish_all(keyed := [Sending(one, sender.pk, once[name]) for name, one in drafts.items()]),
        "with keys again": publish_all(keyed),
        "alone": {sending: publish_all([sending])[sending] for sending in sendings},
    }
    told = {
        how: [getattr(answers[sending], "addressed", None) for sending in (keyed if "keys" in how else sendings)]
        for how, answers in sent.items()
    }
    told["stored"] = list(Notification.objects.order_by("pk").values_list("addressed", flat=True))
    told["foreseen"] = [addressees(one.to)[0] for one in drafts.values()]
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]))
