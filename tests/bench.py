"""What does the machinery cost beside what it stands on? `python -m tests.bench` prints a table and var/bench.json.

On a database of its own: a temporary file of SQLite, or with TEST_DB=postgres a PostgreSQL. Times are medians, and
what is compared is measured in turns in one run, since only ratios mean the same on every machine.
"""

import gc
import io
import itertools
import json
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate, now
from django_q.models import OrmQ
from docxtpl import DocxTemplate
from viewflow.workflow.models import Process, Task
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from adoption.models import Act, Municipality, Person, Region, RegionMunicipality, Responsibility
from commitments.facts import facts
from commitments.making import ask
from commitments.models import Commitment, Document, Edition, Party
from commitments.services import draft_region_commitment
from commitments.templates import current
from doc_templates import office, samples
from doc_templates.convert import WRITER, Converter
from doc_templates.render import render
from tests import postgres
from tests.people import a_kaikukeskus_person, a_pair, a_region
from workflows import services
from workflows.holding import held_by
from workflows.models import Trial, TrialMunicipality, TrialStep
from workflows.tasks import work_of
from workflows.trial import Trial2024

PAIRS = 60  # confirmations of each kind
TURNS, RUNS = 12, 4  # readings of a person's tasks: so many turns on each database, so many in a turn
MINE, ALL = 34, 3334  # trials with three open steps each: 102 of mine, 10 002 in all
IN_A_REGION = 10  # trials
DOCUMENTS = {1: 200, 10: 200, 100: 80}  # how many of how many parties
DOCUMENT_TURNS, LOOPS = 3, 40  # rounds of jobs and loop in turns, and how many documents the loop makes in each
START = Token("start")
FILES = 50  # documents that become PDF
EXPORT = [("SelectPdfVersion", "long", "2"), ("UseTaggedPDF", "boolean", "true")]
OUT = settings.BASE_DIR / "var" / "bench.json"


class Ratio(NamedTuple):
    """A measured ratio and what it may be at most; or at least, where a higher one is better."""

    value: float
    limit: float
    what: str
    better: str = "lower"

    @property
    def bound(self) -> str:
        return f"at {'most' if self.better == 'lower' else 'least'} {self.limit}"

    @property
    def is_missed(self) -> bool:
        return self.value > self.limit if self.better == "lower" else self.value < self.limit


def seconds(act: Callable, *args: Any) -> float:
    began = time.perf_counter()
    act(*args)
    return time.perf_counter() - began


def milliseconds(times: list[float]) -> float:
    return statistics.median(times) * 1000


def row(what: str, value: str) -> None:
    sys.stdout.write(f"{what:<66}{value:>14}\n")


# -- confirming a step, beside the same rows without services, rules and engine ------------------------------------


def half_confirmed() -> Iterator[tuple[Trial, Person]]:
    """Trials at step 3, confirmed by culture, each with the person of care who closes it."""
    region, laura = a_region("kainuu"), a_kaikukeskus_person()
    aino, mikko = a_pair(region)
    start = localdate() + timedelta(days=100)
    for municipality in Municipality.objects.order_by("pk"):
        trial = services.open_trial(region, [municipality], start, start + timedelta(days=365), laura)
        services.skip_step(trial, "intro_event", laura, "Mittaus.")
        services.confirm_step(trial, "local_pair", laura)
        said = {"date": localdate().isoformat(), "trainer": laura.name}
        services.save_evidence(trial, "pair_training", laura, said, 0)
        services.confirm_step(trial, "pair_training", aino)
        yield Trial.objects.get(pk=trial.pk), mikko


def confirm(trial: Trial, by: Person) -> None:
    services.confirm_step(trial, "pair_training", by)


def bare_confirm(trial: Trial, by: Person) -> None:
    """The same rows read, locked and written as by `confirm`, by the ORM alone, and nothing thought about them."""
    with transaction.atomic():
        locked = Region.objects.select_for_update(of=("self",), no_key=True).select_related("county")
        region = locked.get(trials=trial.pk)
        members = TrialMunicipality.objects.filter(trial=OuterRef("trial")).order_by().values("trial")
        size = Subquery(members.annotate(size=Count("pk")).values("size"))
        rows = TrialStep.objects.filter(trial=trial.pk).select_related("trial").order_by("round")
        steps = list(rows.annotate(size=size).annotate(held=held_by(by)))
        task = Task.objects.filter(process_id=trial.process_id, **services.OPEN).select_related("process")[0]
        step = next(one for one in steps if one.key == "pair_training")
        step.confirmed, step.closed_at = {**step.confirmed, "care": {"by": by.pk}}, now()
        number, head = region.history_length + 1, "0" * 64
        Act.objects.create(region=region, number=number, at=now(), by=by, side="care", what="step_confirmed",
                           about_kind="trialstep", about_id=str(step.pk), data={"step": "pair_training"},
                           previous=region.history_head, hash=head)  # fmt: skip
        region.history_length, region.history_head = number, head
        region.save(update_fields=["history_length", "history_head"])
        step.save()
        task.status, task.started, task.finished = STATUS.DONE, now(), now()
        task.save()
        node = Trial2024.instance.node("workshop")
        following = Task.objects.create(process=task.process, flow_task=node, flow_task_type="STEP", token=task.token)
        following.previous.add(task)
        OrmQ.objects.create(key="kaikupolku", payload="x" * 400, lock=now())


def same_queries(first: tuple[Trial, Person], second: tuple[Trial, Person]) -> None:
    """The two ask the same of the database, word by word but for the values; else the ratio would say nothing."""
    asked = []
    for act, given in ((confirm, first), (bare_confirm, second)):
        with CaptureQueriesContext(connection) as captured:
            act(*given)
        asked.append([" ".join(query["sql"].split()[:3]) for query in captured.captured_queries])
    if asked[0] != asked[1]:
        raise SystemExit(f"confirm and bare_confirm do not ask the same:\n{asked[0]}\n{asked[1]}")


def confirming() -> dict[str, Ratio]:
    trials = half_confirmed()
    same_queries(next(trials), next(trials))
    confirm(*next(trials))
    bare_confirm(*next(trials))
    ready = [next(trials) for _ in range(2 * PAIRS)]
    gc.collect()
    gc.freeze()
    pairs = zip(ready[::2], ready[1::2], strict=True)
    times = [(seconds(confirm, *one), seconds(bare_confirm, *two)) for one, two in pairs]
    ours, bare = (milliseconds(list(kind)) for kind in zip(*times, strict=True))
    row("confirming step 3, which closes it", f"{ours:.2f} ms")
    row("the same rows by the ORM alone", f"{bare:.2f} ms")
    return {"confirming a step": Ratio(ours / bare, 2.0, "confirm_step against bare ORM on the same rows")}


# -- my tasks among those of the whole country ------------------------------------------------------------------------


def open_trials(number: int, me: Person | None = None) -> list[Task]:
    """So many trials at 6, 7 and 8, ten in a region, each region with a pair of its own, or with me for care."""
    mark = f"{me.pk if me else 'others'}"
    regions = Region.objects.bulk_create(
        Region(slug=f"{mark}-{n}", name_fi=f"Alue {mark} {n}", name_sv=f"Område {n}", name_en=f"Area {n}")
        for n in range(-(-number // IN_A_REGION))
    )
    pairs = Person.objects.bulk_create(
        Person(email=f"{side}.{region.slug}@example.org", name="Pirjo Pari")
        for region in regions
        for side in ("culture", "care")
    )
    Responsibility.objects.bulk_create(
        Responsibility(region=regions[n // 2], side="care" if n % 2 else "culture", since=localdate(),
                       person=me if me and n % 2 else person)
        for n, person in enumerate(pairs)
    )  # fmt: skip
    return _trials(regions, number, mark)


def _trials(regions: list[Region], number: int, mark: str) -> list[Task]:
    names = [f"Kunta {mark} {n}" for n in range(number)]
    municipalities = Municipality.objects.bulk_create(Municipality(name_fi=name) for name in names)
    processes = Process.objects.bulk_create(Process(flow_class=Trial2024) for _ in municipalities)
    start = localdate() + timedelta(days=100)
    trials = Trial.objects.bulk_create(
        Trial(region=regions[n // IN_A_REGION], model="2024", process=process, planned_start=start,
              planned_end=start + timedelta(days=300), opened_on=localdate())
        for n, process in enumerate(processes)
    )  # fmt: skip
    members = list(zip(trials, municipalities, strict=True))
    RegionMunicipality.objects.bulk_create(
        RegionMunicipality(region=trial.region, municipality=municipality, phase="preparation", phase_since=localdate())
        for trial, municipality in members
    )
    TrialMunicipality.objects.bulk_create(
        TrialMunicipality(trial=trial, municipality=municipality) for trial, municipality in members
    )
    return _steps(trials)


def _steps(trials: list[Trial]) -> list[Task]:
    """The rows of all steps, 1 to 5 closed, and the open tasks of 6, 7 and 8."""
    steps = Trial2024.all_steps()
    TrialStep.objects.bulk_create(
        TrialStep(trial=trial, key=step.key, due=localdate(), closed_at=now() if n < 5 else None)
        for trial in trials
        for n, step in enumerate(steps)
    )
    return Task.objects.bulk_create(
        Task(process=trial.process, flow_task=Trial2024.instance.node(step.key), flow_task_type="STEP", token=START)
        for trial in trials
        for step in steps[5:8]
    )


def on(database: str) -> None:
    """From here on this database is read."""
    connection.close()
    connection.settings_dict["NAME"] = database


def readings(person: Person) -> list[float]:
    """Seconds of what the page of my tasks reads, in one turn; the first two warm up a new connection."""
    found = len(work_of(person).mine)
    if found != 3 * MINE:
        raise SystemExit(f"{found} tasks are mine, not {3 * MINE}")
    work_of(person)
    gc.collect()
    return [seconds(work_of, person) for _ in range(RUNS)]


def viewflows_inbox(person: Person) -> QuerySet[Task]:
    """As viewflow's own inbox finds them: assigned to the person. Its check of a permission is left out."""
    return Task.objects.coerce_for([Trial2024]).filter(owner=person, status=STATUS.ASSIGNED)


def viewflow_reading(person: Person, tasks: list[Task]) -> float:
    """Milliseconds of viewflow's inbox, with the same tasks assigned to the person for as long as it takes."""
    with transaction.atomic():
        Task.objects.filter(pk__in=[task.pk for task in tasks]).update(owner=person, status=STATUS.ASSIGNED)
        took = milliseconds([seconds(lambda: list(viewflows_inbox(person))) for _ in range(TURNS * RUNS)])
        transaction.set_rollback(True)
    return took


def analyze() -> None:
    """The planner knows the new rows, as it would after a night."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def tasks_of_mine() -> dict[str, Ratio]:
    me = Person.objects.create(email="mittaaja@example.org", name="Miia Mittaaja")
    mine = open_trials(MINE, me)
    analyze()
    small = connection.settings_dict["NAME"]
    connection.close()  # SQLite copies the file alone, and writes its log into it when the last one leaves
    connection.creation.clone_test_db("large", verbosity=0)
    large = connection.creation.get_test_db_clone_settings("large")["NAME"]
    on(large)
    open_trials(ALL - MINE)
    analyze()
    theirs = viewflow_reading(me, mine)
    times: dict[str, list[float]] = {small: [], large: []}
    for _turn in range(TURNS):
        for database, found in times.items():
            on(database)
            found += readings(me)
    on(small)
    connection.creation.destroy_test_db(suffix="large", verbosity=0)
    alone, among = milliseconds(times[small]), milliseconds(times[large])
    row(f"my tasks: {3 * MINE} of mine, nothing else open", f"{alone:.2f} ms")
    row(f"my tasks: {3 * MINE} of mine among {3 * ALL} open", f"{among:.2f} ms")
    row("viewflow's own inbox on the same rows (its bare tasks, no words)", f"{theirs:.2f} ms")
    return {"my tasks": Ratio(among / alone, 1.5, "100 of mine among 10 000 open against 100 in all")}


# -- PDF through one converter, beside a start of LibreOffice for each file ------------------------------------------


def some_documents(folder: Path) -> list[Path]:
    """Fifty files as the site makes them, of each kind and language in turn."""
    wordings = itertools.cycle((kind, language) for kind in samples.FULL for language in ("fi", "sv", "en"))
    files = []
    for number, (kind, language) in enumerate(itertools.islice(wordings, FILES)):
        template = (settings.BASE_DIR / "doc_templates" / f"{kind}.{language}.docx").read_bytes()
        facts = samples.in_language(samples.FULL[kind], language)
        files.append(folder / f"{number}.docx")
        files[-1].write_bytes(render(template, facts, title=f"{number}", language=language, moment=now()))
    return files


def cold(soffice: str, folder: Path, files: list[Path]) -> None:
    """One start of LibreOffice makes the PDF of the files, of the same kind as the converter's, and ends."""
    wanted = {name: {"type": kind, "value": value} for name, kind, value in EXPORT}
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    target = ["--convert-to", f"pdf:{WRITER}:{json.dumps(wanted)}", "--outdir", str(folder / "pdf")]
    subprocess.run([soffice, profile, "--headless", *target, *map(str, files)], check=True, capture_output=True)
    if missing := [file for file in files if not (folder / "pdf" / f"{file.stem}.pdf").exists()]:
        raise SystemExit(f"LibreOffice made no PDF of {missing}")


def begun(folder: Path) -> tuple[subprocess.Popen, Converter]:
    """The site's own converter, which answers."""
    port = office.a_free_port()
    command = [sys.executable, "manage.py", "converter", "--port", str(port)]
    given = os.environ | {"VAR_DIR": str(folder)}
    process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=given, stdout=subprocess.DEVNULL)
    converter = Converter(f"127.0.0.1:{port}")
    while not converter.answers():
        time.sleep(0.05)
    return process, converter


def pdf_of_documents() -> dict[str, Ratio]:
    try:
        soffice = office.find().soffice
    except office.Lacking as lacking:
        row("PDF: left out", str(lacking))
        return {}
    with tempfile.TemporaryDirectory() as name:
        return _measured(soffice, Path(name))


def _measured(soffice: str, folder: Path) -> dict[str, Ratio]:
    files = some_documents(folder)
    began = time.perf_counter()
    process, converter = begun(folder)
    converter.pdf(files[0].read_bytes())
    start = time.perf_counter() - began
    cold(soffice, folder, files[:1])  # it has its profile, as it has in every run but the first
    try:
        times = [(seconds(lambda f: converter.pdf(f.read_bytes()), file), seconds(cold, soffice, folder, [file]))
                 for file in files]  # fmt: skip
    finally:
        process.terminate()
        process.wait()
    ours, each = (sum(kind) for kind in zip(*times, strict=True))
    at_once = seconds(cold, soffice, folder, files)
    row(f"PDF of {FILES} files through the converter, checked before and after", f"{ours:.2f} s")
    row("the converter's own start, up to its first PDF", f"{start:.2f} s")
    row("the same files, one start of LibreOffice each", f"{each:.2f} s")
    row("the same files in one cold call of LibreOffice", f"{at_once:.2f} s")
    row("one cold call beside the converter (the fair rival)", f"{at_once / ours:.2f}")
    return {"PDF": Ratio(each / ours, 4.0, "50 files by one soffice start each against the converter", "higher")}


# -- documents, beside a plain loop that only renders ------------------------------------------------------------------


def documents() -> dict[str, Ratio]:
    """The whole job, by the site's own worker with its two processes, while nothing else is measured; then the loop."""
    region, laura = a_region("kainuu"), a_kaikukeskus_person()
    OrmQ.objects.all().delete()  # letters that nobody waits for
    what = "the whole job against a docxtpl loop, documents a second"
    found = {parties: made_a_second(region, laura, parties, count) for parties, count in DOCUMENTS.items()}
    return {f"documents, parties: {parties}": Ratio(value, 1.5, what, "higher") for parties, value in found.items()}


def made_a_second(region: Region, laura: Person, parties: int, count: int) -> float:
    """How many times as many documents are made in a second as by the loop."""
    Commitment.objects.update(state=Commitment.State.DECLINED)  # nothing is unfinished
    towns = Municipality.objects.filter(language="fi").order_by("pk")[:parties]
    first = draft_region_commitment(region, towns, laura, term=(localdate(), None))
    Edition.objects.all().delete()
    OrmQ.objects.all().delete()
    drafts = [first, *(copied(first) for _ in range(count - 1))]
    content, said = current(first.kind, "fi").content, facts(first, "fi", now())
    with worker():
        made_by_jobs(drafts[:4], laura)  # its processes have read the template
        times = [(made_by_jobs(drafts, laura), rendered(content, said)) for _ in range(DOCUMENT_TURNS)]
    ours, loop = (statistics.median(kind) for kind in zip(*times, strict=True))
    row(f"documents, parties: {parties}, by jobs from facts to history", f"{ours:.1f} /s")
    row(f"documents, parties: {parties}, by docxtpl alone in a loop", f"{loop:.1f} /s")
    Document.objects.all().delete()
    return ours / loop


def copied(draft: Commitment) -> Commitment:
    """Another draft of the same parties."""
    values = {name: getattr(draft, name) for name in ("region", "kind", "operating_model", "term_start", "term_end")}
    copy = Commitment.objects.create(**values)
    parties = list(draft.parties.all())
    for party in parties:
        party.pk, party.commitment = None, copy
    Party.objects.bulk_create(parties)
    return copy


@contextmanager
def worker() -> Iterator[None]:
    """The site's worker, in a group of its own."""
    name = connection.settings_dict["NAME"]
    url = f"postgres://{postgres.USER}@/{name}" if connection.vendor == "postgresql" else f"sqlite:///{name}"
    running = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"], cwd=settings.BASE_DIR, env=os.environ | {"DATABASE_URL": url},
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def made_by_jobs(drafts: list[Commitment], by: Person) -> float:
    """Documents a second, from the moment in which they are asked for until the last one stands in the history."""
    with transaction.atomic():
        asked = [ask(draft, by).pk for draft in drafts]
    began = time.perf_counter()
    editions = Edition.objects.filter(pk__in=asked)
    while editions.waiting().exists():
        time.sleep(0.05)  # looking costs a core its time too
    took = time.perf_counter() - began
    if editions.made().count() != len(drafts):
        raise SystemExit("some documents could not be made")
    return len(drafts) / took


def rendered(content: bytes, said: dict[str, Any]) -> float:
    """Documents a second of docxtpl as its manual has it, in one process that does nothing else."""
    began = time.perf_counter()
    for _ in range(LOOPS):
        template = DocxTemplate(io.BytesIO(content))
        template.render(said)
        template.save(io.BytesIO())
    return LOOPS / (time.perf_counter() - began)


# -- the whole --------------------------------------------------------------------------------------------------------


def machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "database": connection.vendor,
    }


def main() -> int:
    """Measures, prints, writes; 1 when a ratio is beyond its limit."""
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        ratios = confirming() | tasks_of_mine() | documents() | pdf_of_documents()
    finally:
        connection.creation.destroy_test_db(settings.DATABASES["default"]["NAME"], verbosity=0)
    for name, ratio in ratios.items():
        row(f"{name}: ratio, {ratio.bound}", f"{ratio.value:.2f}")
    OUT.parent.mkdir(exist_ok=True)
    found = {"machine": machine(), "ratios": {name: ratio._asdict() for name, ratio in ratios.items()}}
    OUT.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
    return int(any(ratio.is_missed for ratio in ratios.values()))


if __name__ == "__main__":
    sys.exit(main())
