"""Each round of asking for a signature by link has a row; whom a party's document names is kept when another is asked."""

import django.db.models.deletion
from django.db import migrations, models


def rounds_so_far(apps, editor):
    """Of the present round its signatory is known; of earlier ones nobody can be named, and so nobody is."""
    request_kind = apps.get_model("commitments", "SignatureRequest")
    round_kind = apps.get_model("commitments", "SignatureRound")
    for request in request_kind.objects.filter(round__gt=0).order_by("pk").iterator():
        earlier = [
            round_kind(request=request, number=number, sent_at=request.sent_at) for number in range(1, request.round)
        ]
        known = {"name": request.name, "title": request.title, "email": request.email, "sent_at": request.sent_at}
        round_kind.objects.bulk_create([*earlier, round_kind(request=request, number=request.round, **known)])


class Migration(migrations.Migration):
    dependencies = [("commitments", "0006_on_paper")]

    operations = [
        migrations.AddField("party", "paper_basis", models.CharField(blank=True, default="", max_length=200)),
        migrations.AddField("party", "paper_name", models.CharField(blank=True, default="", max_length=150)),
        migrations.AddField("party", "paper_title", models.CharField(blank=True, default="", max_length=150)),
        migrations.CreateModel(
            name="SignatureRound",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=150)),
                ("title", models.CharField(blank=True, default="", max_length=150)),
                ("email", models.EmailField(max_length=254)),
                ("sent_at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rounds",
                        to="commitments.signaturerequest",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [models.UniqueConstraint(fields=("request", "number"), name="one_round_a_number")],
            },
        ),
        migrations.RunPython(rounds_so_far, migrations.RunPython.noop),
    ]
