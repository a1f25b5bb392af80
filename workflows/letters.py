"""What is written to people about the steps? Jobs that the worker runs once the act has been committed."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from adoption.mail import link, others, write
from adoption.models import Act, Kind, Person, Responsibility
from adoption.templatetags.kaiku import weekday_day
from workflows.models import Trial, TrialStep
from workflows.moves import DISTRIBUTION
from workflows.services import read
from workflows.steps import Step, TrialFlow
from workflows.trial import MODELS, OUTCOME_NAMES


def _row(act: Act) -> tuple[TrialStep, Trial, Step]:
    row = TrialStep.objects.select_related("trial__region").get(pk=act.about_id)
    trial = read(row.trial_id)
    step = trial.flow.step(row.key)
    assert step
    return row, trial, step


def pair_of(trial: Trial, sides: set[str] | None = None) -> list[Person]:
    """Who answers for the sides in one of the trial's municipalities, substitutes too, each once."""
    held = Responsibility.objects.current().filter(region=trial.region_id, side__in=sides or ("culture", "care"))
    held = held.covering(trial.members.values("municipality")).select_related("person").order_by("substitute", "pk")
    return list(dict.fromkeys(one.person for one in held))


def named(step: Step) -> str:
    """The step in a sentence: its number and title, the decision by its title alone."""
    if step.outcomes:
        return str(step.title)
    return _("step %(number)s, %(title)s") % {"number": step.number, "title": step.title}


def step_confirmed(act_pk: int) -> None:
    """After a half confirmation the other side knows that it is its turn; after the whole, the pair what it opened.

    Written from the act, so that a mail which leaves late says what was so then.
    """
    act = Act.objects.select_related("by").get(pk=act_pk)
    row, trial, step = _row(act)
    if act.data["closes"]:
        told = others(pair_of(trial), act)
        write(f"act:{act.pk}", told, lambda person: _closed(person, act, row, trial, step), Kind.TOLD)
    else:
        turn = pair_of(trial, step.sides - {act.side})
        write(f"act:{act.pk}", turn, lambda person: _your_turn(person, act, row, trial, step), Kind.ASKED)


def _closed(person: Person, act: Act, row: TrialStep, trial: Trial, step: Step) -> tuple[str, str]:
    opened = [one for one in trial.flow.all_steps() if one.key in act.data.get("opens", [])]
    facts = {
        "name": person.given_name, "step": named(step), "region": trial.region.name,
        "open": "\n".join(named(one) for one in opened), "link": link(trial.region.get_absolute_url()),
    }  # fmt: skip
    if moves := _moves(act, trial.flow):
        said = _("By these days others of the plan have moved:\n%(moves)s") % {"moves": "\n".join(moves)}
        facts["link"] = f"{said}\n\n{link(reverse('plan', args=[trial.region.slug, trial.pk]))}"
    if step.outcomes:
        return _decided(facts, next(iter(row.evidence.values())))
    if opened:
        body = _("Hello %(name)s,\n\nConfirmed: %(step)s.\n\nOpen now:\n%(open)s\n\n%(link)s\n")
    else:
        body = _("Hello %(name)s,\n\nConfirmed: %(step)s.\n\n%(link)s\n")
    return _("%(region)s: confirmed, %(step)s") % facts, body % facts


def _decided(facts: dict[str, str], said: dict[str, str]) -> tuple[str, str]:
    outcome = str(OUTCOME_NAMES[said["outcome"]])
    if said.get("new_end"):
        end = date.fromisoformat(said["new_end"])
        outcome = _("%(outcome)s until %(end)s") % {"outcome": outcome, "end": f"{end.day}.{end.month}.{end.year}"}
    facts = facts | {"outcome": outcome}
    body = _("Hello %(name)s,\n\nBoth sides have recorded the same decision: %(outcome)s.\n\n%(link)s\n")
    if facts["open"]:
        body = _(
            "Hello %(name)s,\n\nBoth sides have recorded the same decision: %(outcome)s.\n\n"
            "Open now:\n%(open)s\n\n%(link)s\n"
        )
    return _("%(region)s has decided: %(outcome)s") % facts, body % facts


def _your_turn(person: Person, act: Act, row: TrialStep, trial: Trial, step: Step) -> tuple[str, str]:
    facts = {
        "name": person.given_name, "by": act.by_whom, "step": named(step), "title": step.title,
        "region": trial.region.name, "link": link(row.get_absolute_url()),
    }  # fmt: skip
    body = _("Hello %(name)s,\n\n%(by)s has confirmed: %(step)s. Now it is your side's turn.\n\n%(link)s\n")
    return _("%(region)s: your turn to confirm %(title)s") % facts, body % facts


def confirmation_fell(act_pk: int, row_pk: int, givers: list[int]) -> None:
    """Who had confirmed knows that the step has changed since, and that the confirmation is asked for again."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    row = TrialStep.objects.select_related("trial__region").get(pk=row_pk)
    step = read(row.trial_id).flow.step(row.key)
    assert step

    def text(person: Person) -> tuple[str, str]:
        facts = {
            "name": person.given_name, "by": act.by_whom, "step": named(step), "title": step.title,
            "region": row.trial.region.name, "link": link(row.get_absolute_url()),
        }  # fmt: skip
        body = _(
            "Hello %(name)s,\n\n%(by)s has changed what is recorded: %(step)s.\n"
            "You had confirmed it, so your confirmation has been withdrawn: look at the change and confirm again.\n\n"
            "%(link)s\n"
        )
        return _("%(region)s: confirm again, %(title)s has changed") % facts, body % facts

    write(f"fell:{act.pk}", Person.objects.filter(pk__in=givers), text, Kind.ASKED)


def step_reopened(act_pk: int) -> None:
    """The pair knows which step is open again, and why."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    row, trial, step = _row(act)

    def text(person: Person) -> tuple[str, str]:
        facts = {
            "name": person.given_name, "by": act.by_whom, "step": named(step), "title": step.title,
            "reason": act.reason, "region": trial.region.name, "link": link(row.get_absolute_url()),
        }  # fmt: skip
        body = _(
            "Hello %(name)s,\n\n%(by)s has reopened: %(step)s.\n%(reason)s\n\n"
            "Later steps stay as they are. This one is closed before steps 9, 10 and the decision.\n\n%(link)s\n"
        )
        if step.key == DISTRIBUTION:
            body = _(
                "Hello %(name)s,\n\n%(by)s has reopened: %(step)s.\n%(reason)s\n\n"
                "It is closed again before step 10 and the decision. If other days are recorded here, the days by "
                "which those two are due move with them: the page of the step shows how before it is "
                "confirmed.\n\n%(link)s\n"
            )
        return _("%(region)s: %(title)s is open again") % facts, body % facts

    write(f"act:{act.pk}", others(pair_of(trial), act), text, Kind.TOLD)


def told_of_step(act_pk: int) -> None:
    """The pair knows that Kaikukeskus has overridden a rule, skipped a step or opened the next one early, and why."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    row, trial, step = _row(act)

    def text(person: Person) -> tuple[str, str]:
        said = {
            "rule_overridden": _("Kaikukeskus has overridden a rule of step %(number)s, %(title)s: %(rule)s."),
            "step_skipped": _("Kaikukeskus has skipped step %(number)s, %(title)s."),
            "next_opened_early": _("Kaikukeskus has opened the step after step %(number)s, %(title)s, early."),
        }[act.what] % {"number": step.number, "title": step.title, "rule": _rule(act, step)}
        facts = {"name": person.given_name, "said": said, "reason": act.reason, "link": link(row.get_absolute_url())}
        return f"{trial.region.name}: {said}", _("Hello %(name)s,\n\n%(said)s\n%(reason)s\n\n%(link)s\n") % facts

    write(f"act:{act.pk}", others(pair_of(trial), act), text, Kind.TOLD)


def due_moved(act_pk: int) -> None:
    """The others of the pair know which day was moved, why, and what moved with it."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    _its_row, trial, step = _row(act)

    def text(person: Person) -> tuple[str, str]:
        moves = "\n".join(_moves(act, trial.flow))
        facts = {
            "name": person.given_name, "by": act.by, "moves": moves, "reason": act.reason,
            "region": trial.region.name, "title": step.title,
            "link": link(reverse("plan", args=[trial.region.slug, trial.pk])),
        }  # fmt: skip
        body = _("Hello %(name)s,\n\n%(by)s has moved days of the plan:\n%(moves)s\n\n%(reason)s\n\n%(link)s\n")
        return _("%(region)s: the day of a step was moved, %(title)s") % facts, body % facts

    write(f"act:{act.pk}", others(pair_of(trial), act), text, Kind.TOLD)


def _moves(act: Act, flow: type[TrialFlow]) -> list[str]:
    """The steps that moved by the act, a line each: from which day to which, and the reason of a day that could not
    stay."""
    moves, dropped = act.data.get("moves", {}), act.data.get("dropped", {})
    return [_move(one, moves[one.key], dropped.get(one.key, "")) for one in flow.all_steps() if one.key in moves]


def _move(step: Step, days: list[str], reason: str) -> str:
    said = _moved(named(step), *days)
    if not reason:
        return said
    why = _("It had been moved there with the reason ”%(reason)s”, and cannot stay.") % {"reason": reason}
    return f"{said}. {why}"


def _moved(what: str, was: str, to: str) -> str:
    days = {"step": what, "was": weekday_day(date.fromisoformat(was))}
    return _("%(step)s: from %(was)s to %(to)s") % (days | {"to": weekday_day(date.fromisoformat(to))})


def told_of_trial(act_pk: int) -> None:
    """The pair knows that Kaikukeskus has corrected the trial or withdrawn it, and why."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    trial = Trial.objects.select_related("region").get(pk=act.about_id)

    def text(person: Person) -> tuple[str, str]:
        said = _("Kaikukeskus has corrected the trial's municipalities or planned days.")
        if "planned" in act.data:
            return _corrected(person, act, trial)
        if act.what == "trial_withdrawn":
            said = _("Kaikukeskus has withdrawn a trial that had been opened by mistake.")
        facts = {"name": person.given_name, "said": said, "reason": act.reason}
        facts["link"] = link(trial.region.get_absolute_url())
        return f"{trial.region.name}: {said}", _("Hello %(name)s,\n\n%(said)s\n%(reason)s\n\n%(link)s\n") % facts

    write(f"act:{act.pk}", others(pair_of(trial), act), text, Kind.TOLD)


def _corrected(person: Person, act: Act, trial: Trial) -> tuple[str, str]:
    """That the planned days are others, and which days moved with them."""
    titles = _("Planned start of distribution"), _("Planned end of the trial")
    days = zip(titles, act.data.get("planned_was", act.data["planned"]), act.data["planned"], strict=True)
    lines = [_moved(title, was, to) for title, was, to in days if was != to]
    lines += _moves(act, MODELS[trial.model])
    facts = {
        "name": person.given_name, "by": act.by, "region": trial.region.name, "moves": "\n".join(lines),
        "reason": act.reason, "link": link(reverse("plan", args=[trial.region.slug, trial.pk])),
    }  # fmt: skip
    body = _("Hello %(name)s,\n\n%(by)s has corrected the planned days:\n%(moves)s\n\n%(reason)s\n\n%(link)s\n")
    return _("%(region)s: the planned days of the trial were corrected") % facts, body % facts


def kaikukeskus_invited(act_pk: int) -> None:
    """Kaikukeskus knows to which feedback meeting it is invited, by whom, and what the pair says of it."""
    act = Act.objects.select_related("by", "region").get(pk=act_pk)
    region, on = act.region, date.fromisoformat(act.data["on"])
    assert region

    def text(person: Person) -> tuple[str, str]:
        facts = {
            "name": person.given_name, "by": act.by_whom, "region": region.name, "day": weekday_day(on),
            "message": act.reason, "link": link(region.get_absolute_url()),
        }  # fmt: skip
        body = _(
            "Hello %(name)s,\n\n%(by)s invites Kaikukeskus to a feedback meeting of %(region)s on %(day)s.\n"
            "%(message)s\n\n%(link)s\n"
        )
        return _("%(region)s: feedback meeting on %(day)s") % facts, body % facts

    found = Person.objects.filter(is_kaikukeskus=True, is_active=True)
    write(f"act:{act.pk}", others(found, act), text, Kind.ASKED)


def _rule(act: Act, step: Step) -> str:
    return next((str(rule.title) for rule in step.missing if rule.key == act.data.get("rule")), "")
