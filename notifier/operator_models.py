"""What operators leave behind: the audit log, blocks, and orders that every server carries out."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from notifier.names import NAME_MAX

REASON_MAX = 200
ACTOR_MAX = 150
TARGET_MAX = 200


class AppendOnly(TypeError):
    """The audit log is added to and never changed."""


class _Appended(QuerySet["AuditEntry"]):
    # The other ways to change rows end in one of these two, or in `save`.
    def update(self, **_: Any) -> NoReturn:
        raise AppendOnly("An entry of the audit log is never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("The audit log is pruned by notifier.audit.prune alone, and never deleted from.")


class AuditEntry(models.Model):
    """One action of an operator. Neither this class nor the database lets one be changed, or deleted within a year.

    `actor_kind` is `user` (a Django user), `key` (an API key) or `command` (the command line, with its OS user).
    """

    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=8)
    actor = models.CharField(max_length=ACTOR_MAX)
    action = models.CharField(max_length=32)
    target = models.CharField(max_length=TARGET_MAX, default="")
    details = models.JSONField(default=dict)
    address = models.CharField(max_length=64, default="")

    objects = _Appended.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["action", "-id"], name="audit_by_action"),
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["target", "-id"], name="audit_by_target"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("An entry of the audit log is never changed.")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise AppendOnly("The audit log is pruned by notifier.audit.prune alone, and never deleted from.")


class Block(models.Model):
    """A person who may not connect nor read the inbox: until a moment, or for good where `until` is null."""

    recipient = models.CharField(max_length=NAME_MAX, unique=True)
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=REASON_MAX, default="")
    by = models.CharField(max_length=ACTOR_MAX)
    created_at = models.DateTimeField()


class Order(models.Model):
    """What the servers are to do. Each looks every 2 s: the database carries an order, and the layer only hastens it.

    `close_person` and `close_connection` concern the connections that were open when the order was given, and say in
    `content` with which code to close them; `closed` counts those that servers closed for it. `drain` holds for the
    server that it names, and `banner` for all, until they are withdrawn or end.
    """

    kind = models.CharField(max_length=20)
    target = models.CharField(max_length=NAME_MAX, default="")
    content = models.JSONField(default=dict)
    # By the clock of the database, which is the one that all servers share.
    created_at = models.DateTimeField(db_default=Now(), db_index=True)
    ends_at = models.DateTimeField(null=True)
    closed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target"], condition=Q(kind__in=["drain", "banner"]), name="standing_order_once"
            )
        ]
