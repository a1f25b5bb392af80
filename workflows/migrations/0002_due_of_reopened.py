"""A step that was reopened after its planned day has no day of its own any more: its row says so itself."""

from django.db import migrations
from django.utils.timezone import localdate


def forget(apps, schema_editor):
    """Until now that was worked out from the day of the reopening, wherever a day was shown."""
    rows = apps.get_model("workflows", "TrialStep").objects
    for row in rows.exclude(reopened_at=None).exclude(due=None):
        if localdate(row.reopened_at) >= row.due:
            row.due = None
            row.save(update_fields=["due"])


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial")]
    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
