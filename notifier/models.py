"""What is stored. Rules that must always hold are constraints of the database, not only of this code."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from notifier import ids, wire
from notifier.content import LEVELS
from notifier.names import NAME_MAX, STREAM_MAX
from notifier.operator_models import AuditEntry, Block, Order

__all__ = ["AuditEntry", "Block", "Order"]


class Installation(models.Model):
    """One row. `epoch` names this history: restore an old backup, and it must change, for cursors mean nothing then."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_installation")]


class Stream(models.Model):
    """An append-only sequence of entries. `last_seq` is handed out by `notifier.sequences` alone."""

    name = models.CharField(max_length=STREAM_MAX, unique=True)
    last_seq = models.PositiveBigIntegerField(default=0)
    oldest_seq = models.PositiveBigIntegerField(default=1, help_text="The first seq that is still kept.")
    revision = models.PositiveBigIntegerField(
        default=0, help_text="Of a person's own stream: counts what that person marked, followed and unfollowed."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(oldest_seq__gte=1) & Q(oldest_seq__lte=F("last_seq") + 1), name="stream_oldest_within"
            )
        ]


class ApiKey(models.Model):
    """A backend's credential. The secret is shown once; what is stored is its SHA-256."""

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.BinaryField(max_length=32)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    replaces = models.OneToOneField(
        "self",
        null=True,
        on_delete=models.SET_NULL,
        related_name="successor",
        help_text="The key that this one rotates.",
    )


class Revocation(models.Model):
    """The connection tokens that were issued to a person before a moment are void."""

    recipient = models.CharField(max_length=NAME_MAX, unique=True)
    before = models.DateTimeField()


class Notification(models.Model):
    """The content, stored once, whatever the number of recipients."""

    id = models.UUIDField(primary_key=True, default=ids.new_notification_id)
    title = models.CharField(max_length=200)
    body = models.TextField(default="")
    level = models.CharField(max_length=8, default="info")
    category = models.CharField(max_length=64, default="")
    url = models.CharField(max_length=2048, default="")
    icon = models.CharField(max_length=2048, default="")
    data = models.JSONField(default=dict)
    addressed = models.PositiveIntegerField(default=0)
    sender = models.ForeignKey(ApiKey, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="notification_titled"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="notification_level"),
        ]

    def content(self) -> dict[str, Any]:
        """As clients see it, in frames and in the inbox."""
        return {
            "id": ids.show_notification_id(self.id),
            "title": self.title,
            "body": self.body,
            "level": self.level,
            "category": self.category,
            "url": self.url,
            "icon": self.icon,
            "data": self.data,
            "created": wire.timestamp(self.created_at),
        }


class Entry(models.Model):
    """One notification at one `seq` of one stream."""

    pk = models.CompositePrimaryKey("stream_id", "seq")
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveBigIntegerField()
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="entries", db_index=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(seq__gte=1), name="entry_seq_from_1")]
        indexes = [models.Index(fields=["notification", "stream"], name="entry_of_notification")]


class IdempotencyKey(models.Model):
    """A request that had its effect: the answer is repeated, and the effect is not."""

    sender = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="+")
    online = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "key"], name="idempotency_key_once")]


class Subscription(models.Model):
    """A person reads a stream: the own one, `everyone`, and each topic that is followed.

    The person sees entries beyond `from_seq`. `delivered_seq` is the furthest that any of the person's browsers
    acknowledged, and `read_seq` the end of what was marked as read all at once.
    """

    recipient = models.CharField(max_length=NAME_MAX)
    stream = models.ForeignKey(Stream, on_delete=models.PROTECT, related_name="subscriptions")
    from_seq = models.PositiveBigIntegerField(default=0)
    delivered_seq = models.PositiveBigIntegerField(default=0)
    read_seq = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["recipient", "stream"], name="subscription_once")]


class Receipt(models.Model):
    """What became of a notification for one recipient, each the first time on any of the person's devices.

    `sent_at`: written to a socket. `delivered_at`: acknowledged. `seen_at`: shown on a visible page. `read_at`: marked as
    read. A later step may be written without an earlier one, which it implies.

    How it lies in the inbox now is apart from these: `unread_at` is set while it is marked as unread again, and
    `archived_at` while it is in the archive, where everything is read.
    """

    recipient = models.CharField(max_length=NAME_MAX)
    notification = models.ForeignKey(Notification, on_delete=models.CASCADE, related_name="receipts", db_index=False)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    unread_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "notification"], name="receipt_once"),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True) | Q(read_at__isnull=False, unread_at__isnull=True),
                name="receipt_archived_is_read",
            ),
        ]
        indexes = [
            # By notification, and then in the order of recipients, in which they are paged through.
            models.Index(fields=["notification", "recipient"], name="receipt_by_notification"),
            # Few are in these two, and each count of the unread looks into the first.
            models.Index(fields=["recipient"], condition=Q(unread_at__isnull=False), name="receipt_unread_again"),
            models.Index(fields=["recipient"], condition=Q(archived_at__isnull=False), name="receipt_archived"),
        ]


class Visitor(models.Model):
    """When a person was first and last connected, on which server last, and the topics that the credential granted then."""

    recipient = models.CharField(max_length=NAME_MAX, unique=True)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    last_server = models.CharField(max_length=32)
    topics = models.JSONField(default=list)


class ServerRun(models.Model):
    """One server process, from its start to its end. Without `stopped_at` it runs, or it died: then its points have stopped."""

    server = models.CharField(max_length=64, unique=True)
    host = models.CharField(max_length=255)
    kind = models.CharField(max_length=16)
    version = models.CharField(max_length=32)
    started_at = models.DateTimeField(db_index=True)
    stopped_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField()


class Point(models.Model):
    """What one server counted within `span` seconds from `at`, in Unix seconds: see `metrics.increase`, and gauges beside it."""

    pk = models.CompositePrimaryKey("span", "at", "server")
    span = models.PositiveSmallIntegerField()
    at = models.PositiveBigIntegerField()
    server = models.CharField(max_length=64)
    counted = models.JSONField()
