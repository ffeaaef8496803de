"""The demo's users and API key: made at the first start, kept in the data folder, the same at every start."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User

from notifier.access import Scope, create_key
from notifier.datafolder import stored_secret, write_private
from notifier.models import ApiKey

USER = "alice"
SECOND_USER = "bob"


@dataclass(frozen=True, slots=True)
class Account:
    """A login for the demo page (`alice`, who is an admin, and `bob` have the same password) and a key to send with."""

    user: str
    password: str
    key: str


def prepare() -> Account:
    """Make what is missing. The password and the key lie in the data folder, readable by its owner alone."""
    password = stored_secret(settings.DATA_DIR, "demo_password")[:12]
    hashed = _hashed(password)
    for name in (USER, SECOND_USER):
        user, _ = User.objects.get_or_create(username=name, defaults={"is_staff": name == USER})
        if name == USER:
            user.groups.add(Group.objects.get(name="admin"))
        if user.password != hashed:
            user.password = hashed
            user.save()
    return Account(USER, password, key())


def _hashed(password: str) -> str:
    """Kept beside the password itself: hashing is slow by design, and would be most of a start."""
    path = settings.DATA_DIR / "demo_login.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    if kept.get("password") != password:
        kept = {"password": password, "hash": make_password(password)}
        write_private(path, json.dumps(kept))
    return str(kept["hash"])


def key() -> str:
    """The demo's API key, made at the first call."""
    path = settings.DATA_DIR / "demo_key.json"
    if path.exists():
        kept = json.loads(path.read_text())
        if ApiKey.objects.filter(pk=kept["id"], revoked_at=None).exists():
            return str(kept["key"])
    made, text = create_key("demo", [Scope.SEND, Scope.BROADCAST, Scope.TOKEN, Scope.OPS, Scope.ACT, Scope.MANAGE])
    write_private(path, json.dumps({"id": made.pk, "key": text}))
    return text


def curl(address: str, key: str, user: str) -> str:
    """A command to copy, which makes a toast."""
    body = json.dumps(
        {"to": {"users": [user]}, "title": "Deploy finished", "body": "It took 42 seconds.", "level": "success"}
    )
    return (
        f"curl -X POST {address}/api/v1/notifications \\\n"
        f"  -H 'Authorization: Bearer {key}' \\\n"
        "  -H 'Content-Type: application/json' \\\n"
        f"  -d '{body}'"
    )
