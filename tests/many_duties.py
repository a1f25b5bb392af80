"""How does a country look in which thousands of duties are owed, none of them soon?"""

from datetime import date, timedelta

from django.db import connection
from django.utils.timezone import now
from viewflow.workflow.models import Process, Task

from adoption.models import Organisation, Partner, Person, Region, RegionMunicipality
from commitments.models import Commitment
from workflows.duties import SOURCES, Within
from workflows.models import Meeting, OwnTask, Trial, TrialStep, YearlyDone
from workflows.walk import Walk

DAY = timedelta(days=1)
FAR = timedelta(days=700)  # by then all of them are due


def regions_that_owe(like: Walk, count: int, today: date) -> None:
    """So many regions more, each with a trial that runs and stands at the open step of this one, and a municipality in
    lasting use. Each owes twelve things, the earliest in sixty days: the step, the decision, the feedback meeting, the
    national one, a look through the page, the inductions of three venues, a commitment's signing, a point of a
    meeting, and two own tasks."""
    first = Region.objects.count()
    regions = Region.objects.bulk_create(
        Region(slug=f"many-{first + one}", name_fi=f"Seutu {first + one}") for one in range(count)
    )
    ago = [(10 + number % 240) * DAY for number in range(count)]  # the year's things were done so long ago
    ahead = [(60 + number % 300) * DAY for number in range(count)]
    town = like.region.municipalities.first()
    RegionMunicipality.objects.bulk_create(
        RegionMunicipality(region=one, municipality=town, phase="lasting", phase_since=today - 400 * DAY)
        for one in regions
    )
    YearlyDone.objects.bulk_create(
        YearlyDone(region=one, kind=kind, on=today - past, recorded_by=like.aino)
        for one, past in zip(regions, ago, strict=True)
        for kind in YearlyDone.Kind
    )
    _trials(like, regions, [today - past for past in ago], [today + days for days in ahead])
    _venues(regions, [today - past for past in ago])
    paper = {"kind": Commitment.Kind.REGION, "operating_model": "2024", "state": "awaiting"}
    Commitment.objects.bulk_create(
        Commitment(region=one, sign_by=today + days, **paper) for one, days in zip(regions, ahead, strict=True)
    )
    _own_tasks(like.aino, [today + days for days in ahead])
    _points(like.aino, regions, [today + days for days in ahead])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a database does by itself for rows that have stood for a while


def _trials(like: Walk, regions: list[Region], started: list[date], due: list[date]) -> None:
    """Viewflow's open tasks say which step is open."""
    [task] = Task.objects.filter(process=like.trial.process_id, status="NEW", flow_task_type="STEP")
    flow = like.trial.process.flow_class
    processes = [Process.objects.create(flow_class=flow) for _one in regions]
    trials = Trial.objects.bulk_create(
        Trial(
            region=region, model=like.trial.model, process=process, planned_start=on, started_on=on, opened_on=on,
            planned_end=on + FAR, ends_on=on + FAR,
        )
        for region, process, on in zip(regions, processes, started, strict=True)
    )  # fmt: skip
    Task.objects.bulk_create(
        Task(process=process, flow_task=task.flow_task, flow_task_type="STEP", status="NEW", token=task.token)
        for process in processes
    )
    TrialStep.objects.bulk_create(
        TrialStep(trial=trial, key=key, due=day + more)
        for trial, day in zip(trials, due, strict=True)
        for key, more in ((task.flow_task.name, 0 * DAY), ("decision", 30 * DAY))
    )


def _venues(regions: list[Region], inducted: list[date]) -> None:
    """Three a region, whose staff was inducted on three days."""
    organisation = Organisation.objects.get_or_create(name="Kaupunki", sector="public")[0]
    Partner.objects.bulk_create(
        Partner(
            region=region, organisation=organisation, unit=f"Sali {number}", role="venue", kind="culture",
            state="active", induction_on=on - number * 7 * DAY,
        )
        for region, on in zip(regions, inducted, strict=True)
        for number in range(3)
    )  # fmt: skip


def _own_tasks(person: Person, due: list[date]) -> None:
    OwnTask.objects.bulk_create(
        OwnTask(person=person, made_by=person, text="Soita", due=day) for day in due for _two in range(2)
    )


def _points(person: Person, regions: list[Region], due: list[date]) -> None:
    """One a region, agreed on in a workshop that was held."""
    given = {"organiser": person, "kind": "workshop", "title": "Yhdessä", "length": 60, "state": "held"}
    meetings = Meeting.objects.bulk_create(Meeting(region=region, starts_at=now(), **given) for region in regions)
    OwnTask.objects.bulk_create(
        OwnTask(
            person=person, agreed_with=person, made_by=person, text="Tilaa", due=day, meeting=meeting, region=region
        )
        for meeting, region, day in zip(meetings, regions, due, strict=True)
    )


def owed(today: date) -> dict[str, int]:
    """Kind → how many duties will be due by and by."""
    return {kind: len(source.owed(Within(today + FAR))) for kind, source in SOURCES.items()}
