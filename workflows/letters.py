"""What is written to people about the steps? Jobs that the worker runs once the act has been committed."""

from django.utils.translation import gettext as _

from adoption.mail import link, write
from adoption.models import Act, Person, Responsibility
from workflows.models import Trial, TrialStep
from workflows.services import read
from workflows.steps import Step


def _row(act: Act) -> tuple[TrialStep, Trial, Step]:
    row = TrialStep.objects.select_related("trial__region").get(pk=act.about_id)
    trial = read(row.trial_id)
    step = trial.flow.step(row.key)
    assert step
    return row, trial, step


def pair_of(trial: Trial, sides: set[str] | None = None) -> list[Person]:
    """The holders of the sides whose responsibility covers a municipality of the trial, each once."""
    held = Responsibility.objects.current().holders().filter(region=trial.region_id)
    held = held.covering(trial.members.values("municipality")).select_related("person").order_by("pk")
    return list(dict.fromkeys(one.person for one in held if sides is None or one.side in sides))


def step_confirmed(act_pk: int) -> None:
    """After a half confirmation the other side knows that it is its turn; after the whole, the pair what is open."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    row, trial, step = _row(act)
    if act.data["closes"]:
        write(f"act:{act.pk}", pair_of(trial), lambda person: _closed(person, row, trial, step))
    else:
        others = step.awaits(row.confirmed) - {act.side}
        write(f"act:{act.pk}", pair_of(trial, others), lambda person: _your_turn(person, act, row, trial, step))


def _closed(person: Person, row: TrialStep, trial: Trial, step: Step) -> tuple[str, str]:
    titles = [f"{s.number}. {s.title}" for s in trial.flow.all_steps() if s.key in trial.open]
    facts = {
        "name": person.given_name, "title": step.title, "number": step.number, "region": trial.region.name,
        "open": "\n".join(titles), "link": link(trial.region.get_absolute_url()),
    }  # fmt: skip
    if not titles:
        body = _("Hello %(name)s,\n\n%(title)s has been confirmed: the trial of %(region)s is complete.\n\n%(link)s\n")
    else:
        body = _("Hello %(name)s,\n\nStep %(number)s, %(title)s, has been confirmed. Open now:\n%(open)s\n\n%(link)s\n")
    return _("%(region)s: %(title)s has been confirmed") % facts, body % facts


def _your_turn(person: Person, act: Act, row: TrialStep, trial: Trial, step: Step) -> tuple[str, str]:
    facts = {
        "name": person.given_name, "by": act.by, "title": step.title, "number": step.number,
        "region": trial.region.name, "link": link(row.get_absolute_url()),
    }  # fmt: skip
    body = _(
        "Hello %(name)s,\n\n%(by)s has confirmed step %(number)s, %(title)s. Now it is your side's turn.\n\n%(link)s\n"
    )
    return _("%(region)s: your turn to confirm %(title)s") % facts, body % facts


def confirmation_fell(act_pk: int, givers: list[int]) -> None:
    """Who had confirmed knows that the evidence has changed since, and that the confirmation is asked for again."""
    act = Act.objects.select_related("by", "region").get(pk=act_pk)

    def text(person: Person) -> tuple[str, str]:
        facts = {"name": person.given_name, "by": act.by, "region": act.region and act.region.name}
        facts["link"] = link(act.region.get_absolute_url()) if act.region else ""
        body = _(
            "Hello %(name)s,\n\n%(by)s has changed what is recorded in a step that you had confirmed.\n"
            "Your confirmation has been withdrawn: look at the change and confirm again.\n\n%(link)s\n"
        )
        return _("%(region)s: confirm again, the step has changed") % facts, body % facts

    write(f"fell:{act.pk}", Person.objects.filter(pk__in=givers), text)


def step_reopened(act_pk: int) -> None:
    """The pair knows which step is open again, and why."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    row, trial, step = _row(act)

    def text(person: Person) -> tuple[str, str]:
        facts = {
            "name": person.given_name, "by": act.by, "number": step.number, "title": step.title,
            "reason": act.reason, "region": trial.region.name, "link": link(row.get_absolute_url()),
        }  # fmt: skip
        body = _(
            "Hello %(name)s,\n\n%(by)s has reopened step %(number)s, %(title)s:\n%(reason)s\n\n"
            "Later steps stay as they are. This one is closed before steps 9, 10 and the decision.\n\n%(link)s\n"
        )
        return _("%(region)s: %(title)s is open again") % facts, body % facts

    write(f"act:{act.pk}", pair_of(trial), text)


def told_of_step(act_pk: int) -> None:
    """The pair knows that Kaikukeskus has overridden a rule, skipped a step or opened the next one early, and why."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    row, trial, step = _row(act)

    def text(person: Person) -> tuple[str, str]:
        said = {
            "rule_overridden": _("Kaikukeskus has overridden a rule of step %(number)s, %(title)s."),
            "step_skipped": _("Kaikukeskus has skipped step %(number)s, %(title)s."),
            "next_opened_early": _("Kaikukeskus has opened the step after step %(number)s, %(title)s, early."),
        }[act.what] % {"number": step.number, "title": step.title}
        facts = {"name": person.given_name, "said": said, "reason": act.reason, "link": link(row.get_absolute_url())}
        return f"{trial.region.name}: {said}", _("Hello %(name)s,\n\n%(said)s\n%(reason)s\n\n%(link)s\n") % facts

    write(f"act:{act.pk}", pair_of(trial), text)
