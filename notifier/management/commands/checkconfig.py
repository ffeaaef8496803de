"""`manage.py checkconfig`: whether the service could start with these settings."""

from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from notifier.environment import Environment, variable

_SECRET = {"secret_key", "secret_key_fallbacks", "database_url", "redis_url"}


class Command(BaseCommand):
    help = "Check the settings, the database and Redis; list what each setting is."

    def handle(self, *args: Any, **options: Any) -> None:
        # Settings that are wrong by themselves were reported before any command could run.
        for field, about in Environment.model_fields.items():
            value = getattr(settings.ENVIRONMENT, field)
            shown = ("set" if value else "not set") if field in _SECRET else value
            self.stdout.write(f"{variable(field):<32} {shown!s:<32} {about.description}")
        mistakes = [*self._database(), *self._redis()]
        if mistakes:
            raise CommandError("\n".join(mistakes))
        self.stdout.write(self.style.SUCCESS("All is well."))

    def _database(self) -> list[str]:
        try:
            executor = MigrationExecutor(connection)
            pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            return [f"DATABASE_URL: the database does not answer: {str(error).strip()}"]
        if pending and connection.vendor != "sqlite":
            return [f"DATABASE_URL: {len(pending)} migrations are pending; run manage.py migrate"]
        return []

    def _redis(self) -> list[str]:
        mistakes = []
        for url in settings.ENVIRONMENT.redis_url:
            try:
                redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2).ping()
            except (redis.RedisError, ValueError) as error:
                mistakes.append(f"REDIS_URL: Redis does not answer: {error}")
        return mistakes
