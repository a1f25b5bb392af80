"""Each person is invited once to a meeting and asked once by a survey: rows of people who were joined become one."""

from django.db import migrations, models


def rows_of_joined_people(apps, editor):
    """The first row stays and takes what the others say, as the models' take_over does."""
    for kind, whole in (("Place", "survey"), ("Invitee", "meeting")):
        model = apps.get_model("workflows", kind)
        twice = model.objects.exclude(person=None).values(whole, "person").annotate(models.Count("pk"))
        for key in twice.filter(pk__count__gt=1).order_by().values(whole, "person"):
            kept, *others = model.objects.filter(**key).order_by("pk")
            for twin in others:
                TAKE[kind](kept, twin)
                twin.delete()
            kept.save()
    if editor.connection.vendor == "postgresql":
        editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an index is made of no table with checks to come


def place(kept, twin):
    kept.used = kept.used or twin.used


def invitee(kept, twin):
    kept.partner = kept.partner or twin.partner
    kept.of_office = kept.of_office and twin.of_office
    kept.uninvited_at = kept.uninvited_at and twin.uninvited_at
    kept.cannot_come_at = kept.cannot_come_at or twin.cannot_come_at
    kept.came = twin.came if kept.came is None else kept.came or bool(twin.came)
    if twin.answered_at and (kept.answered_at is None or kept.answered_at < twin.answered_at):
        kept.picks.all().delete()
        twin.picks.update(invitee=kept)
        kept.answered_at = twin.answered_at
    twin.picks.all().delete()
    kept.regions.add(*twin.regions.all())


TAKE = {"Place": place, "Invitee": invitee}


class Migration(migrations.Migration):
    dependencies = [("workflows", "0013_invited_by_office")]

    operations = [
        migrations.RunPython(rows_of_joined_people, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            "invitee", models.UniqueConstraint(fields=("meeting", "person"), name="person_invited_once")
        ),
        migrations.AddConstraint(
            "place", models.UniqueConstraint(fields=("survey", "person"), name="one_place_a_person")
        ),
    ]
