"""Settings of the tests that run inside this process; servers are started apart, each with its own environment."""

import os
import tempfile

os.environ.setdefault("NOTIFIER_DATA_DIR", tempfile.mkdtemp(prefix="notifier-tests-"))
os.environ.setdefault("NOTIFIER_DEMO", "1")
os.environ.setdefault("NOTIFIER_OPEN_TOPICS", "room.*")

from notifier.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
