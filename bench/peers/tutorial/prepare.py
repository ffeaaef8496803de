"""Migrate, and make users with tokens: reads a JSON list of names, prints `{name: [id, token]}`."""

import json
import sys

import django

django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from rest_framework.authtoken.models import Token

call_command("migrate", verbosity=0, interactive=False)
names = json.load(sys.stdin)
users = User.objects.bulk_create([User(username=name) for name in names])
tokens = Token.objects.bulk_create([Token(user=user, key=Token.generate_key()) for user in users])
sys.stdout.write(json.dumps({token.user.username: [token.user.pk, token.key] for token in tokens}))
