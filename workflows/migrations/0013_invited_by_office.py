"""Who of those invited is so as one of the region or of Kaikukeskus? Of meetings that were arranged before it was kept:
who has answered for something there on a day since the meeting was made, today's Kaikukeskus, and of the national
meeting who answered anywhere."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import TruncDate


def mark(apps, schema_editor):
    invitees = apps.get_model("workflows", "Invitee").objects.exclude(person=None)
    invitees = invitees.annotate(made_on=TruncDate("meeting__made_at"))
    held = apps.get_model("adoption", "Responsibility").objects.filter(person=OuterRef("person"))
    since = held.filter(Q(until=None) | Q(until__gte=OuterRef("made_on")))
    of_region = Q(Exists(since.filter(region=OuterRef("meeting__region"))))
    of_country = Q(meeting__region=None) & Q(Exists(since.exclude(side="group")))
    marked = invitees.filter(Q(person__is_kaikukeskus=True) | of_region | of_country)
    invitees.filter(pk__in=list(marked.values_list("pk", flat=True))).update(of_office=True)


class Migration(migrations.Migration):
    dependencies = [("adoption", "0015_mail_thread"), ("workflows", "0012_cannot_come")]

    operations = [
        migrations.AddField(model_name="invitee", name="of_office", field=models.BooleanField(default=False)),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
