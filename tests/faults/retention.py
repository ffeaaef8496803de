"""Time that passes in an instant: what is stored becomes old, and is no longer kept."""

import psycopg

from tests.faults.stage import Stage

_DAYS = 40
# The ids of notifications are UUIDs of version 7, whose first 48 bits are milliseconds: an older one has an older id.
_OLDER = f"""
    (lpad(to_hex(('x' || left(replace({{id}}::text, '-', ''), 12))::bit(48)::bigint - {_DAYS}::bigint * 86400000), 12, '0')
     || substr(replace({{id}}::text, '-', ''), 13))::uuid
"""


def age_and_prune(stage: Stage) -> None:
    """All that was published so far happened long ago, and goes, as `manage.py prune` removes it."""
    with psycopg.connect(stage.postgres.url(stage.database)) as connection:
        connection.execute("SET session_replication_role = replica")  # ids change in several tables at once
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_name LIKE 'notifier_%'"
            " AND (column_name = 'notification_id' OR (table_name, column_name) = ('notifier_notification', 'id'))"
        ).fetchall()
        for table, column in columns:
            older = _OLDER.format(id=column)
            connection.execute(f"UPDATE {table} SET {column} = {older}".encode())
        connection.execute(
            f"UPDATE notifier_notification SET created_at = created_at - interval '{_DAYS} days'".encode()
        )
    done = stage.servers[0].manage("prune", "--days", str(_DAYS // 2))
    assert done.returncode == 0, done.stderr
