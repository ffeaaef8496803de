"""Settings of the tests that run inside this process; servers are started apart, each with its own environment."""

import atexit
import os
import shutil
import tempfile

# Always a new one: pytest's workers inherit the environment of the process that started them.
os.environ["NOTIFIER_DATA_DIR"] = tempfile.mkdtemp(prefix="notifier-tests-")
atexit.register(shutil.rmtree, os.environ["NOTIFIER_DATA_DIR"], ignore_errors=True)
os.environ.setdefault("NOTIFIER_DEMO", "1")
os.environ.setdefault("NOTIFIER_OPEN_TOPICS", "room.*")

from notifier.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
