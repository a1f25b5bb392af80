"""The points that there are were agreed with whoever has them."""

from django.db import migrations, models


def with_whom_they_stand(apps, schema_editor):
    points = apps.get_model("workflows", "OwnTask").objects.exclude(meeting=None)
    points.update(agreed_with=models.F("person"))


class Migration(migrations.Migration):
    dependencies = [("workflows", "0010_agreed_with")]
    operations = [migrations.RunPython(with_whom_they_stand, migrations.RunPython.noop, elidable=True)]
