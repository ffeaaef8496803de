"""Sessions that have ended do not pile up in the database."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from notifier.retention import horizon, prune


@pytest.mark.django_db(transaction=True)
def test_a_pass_of_retention_removes_the_sessions_that_have_ended() -> None:
    ended, open_ = SessionStore(), SessionStore()
    ended.create()
    open_.create()
    Session.objects.filter(pk=ended.session_key).update(expire_date=timezone.now() - timedelta(seconds=1))
    for _ in prune(horizon()):
        pass
    assert [session.pk for session in Session.objects.all()] == [open_.session_key]
