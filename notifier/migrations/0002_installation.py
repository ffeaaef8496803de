import secrets
from typing import Any

from django.db import migrations


def begin_epoch(apps: Any, schema_editor: Any) -> None:
    apps.get_model("notifier", "Installation").objects.get_or_create(id=1, defaults={"epoch": secrets.token_hex(16)})


class Migration(migrations.Migration):
    dependencies = [("notifier", "0001_initial")]
    operations = [migrations.RunPython(begin_epoch, migrations.RunPython.noop)]
