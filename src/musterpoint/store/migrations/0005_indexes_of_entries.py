"""The journal without two indexes that others begin with: PostgreSQL chose them, and read whole threads."""

import django.db.models.deletion
from django.db import migrations, models

KEYS = {"incident": "store_entry_incident_id_775ee0dd", "thread": "store_entry_thread_id_0428402e"}


def key(name: str) -> migrations.AlterField:
    field = models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="entries",
        to=f"store.{name}",
    )
    return migrations.AlterField("entry", name, field)


def dropped(name: str, index: str) -> migrations.RunSQL:
    return migrations.RunSQL(f"DROP INDEX IF EXISTS {index}", f"CREATE INDEX {index} ON store_entry ({name}_id)")


class Migration(migrations.Migration):
    dependencies = [("store", "0004_whom_it_concerns")]

    # by name, as Django named them: SQLite would write the whole journal anew otherwise
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[dropped(name, index) for name, index in KEYS.items()],
            state_operations=[key(name) for name in KEYS],
        )
    ]
