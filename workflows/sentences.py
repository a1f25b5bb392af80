"""What has happened, in sentences? Each act of history, with the names of those it concerns looked up by their keys."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from adoption.joined import ORGANISATION, PARTNER, names_of_joined
from adoption.models import Act, Municipality, Organisation, Partner, Person, Region, Side
from adoption.operating_model import MODELS as OPERATING_MODELS
from adoption.templatetags.kaiku import side_name
from commitments.models import Commitment
from workflows.models import FeedbackMeeting, Meeting, TrialStep, YearlyDone
from workflows.standing import listed, written
from workflows.trial import MODELS, OUTCOME_NAMES

# what → the sentence. %(who)s: name and side; %(about)s: what the act is about; %(step)s: the step's number and title.
# What the worker does after people's acts: told in the whole history, and left out where only the newest are told.
OF_THE_SITE = {
    "documents_made", "pdf_made", "documents_sealed", "certificate_made", "contact_asked", "responsible_asked",
}  # fmt: skip
SENTENCES = {
    # people
    "kaikukeskus_person_added": gettext_lazy("%(who)s added %(about)s to Kaikukeskus."),
    "kaikukeskus_ended": gettext_lazy("%(who)s ended the right of Kaikukeskus: %(about)s."),
    "person_closed": gettext_lazy("%(who)s closed a person: %(about)s."),
    "person_reopened": gettext_lazy("%(who)s let a person in again: %(about)s."),
    "person_named": gettext_lazy("%(who)s named %(about)s: %(side)s."),
    "responsibility_ended": gettext_lazy("%(who)s ended a responsibility: %(about)s, %(side)s."),
    "handover_agreed": gettext_lazy("%(who)s agreed that %(about)s hands over to %(person)s on %(on)s: %(side)s."),
    "leaving_agreed": gettext_lazy("%(who)s agreed that %(about)s leaves on %(on)s, and nobody follows: %(side)s."),
    "handover_withdrawn": gettext_lazy("%(who)s withdrew the handover of %(about)s, who stays: %(side)s."),
    "handed_over": gettext_lazy("What hung on %(about)s passed to %(person)s: %(side)s."),
    "person_corrected": gettext_lazy("%(who)s corrected personal data: %(about)s."),
    "mails_chosen": gettext_lazy("%(who)s chose which mails to have: %(about)s."),
    "feed_made": gettext_lazy("%(who)s made a calendar address: %(about)s."),
    "feed_renewed": gettext_lazy("%(who)s made a new calendar address in the stead of the old one: %(about)s."),
    "feed_ended": gettext_lazy("%(who)s closed the calendar address: %(about)s."),
    "region_made": gettext_lazy("%(who)s added the region %(about)s."),
    "region_corrected": gettext_lazy("%(who)s corrected the region %(about)s: its names, county or municipalities."),
    # templates
    "template_uploaded": gettext_lazy("%(who)s uploaded a template: %(template)s."),
    "template_published": gettext_lazy("%(who)s published a template: %(template)s, number %(number)s."),
    "template_discarded": gettext_lazy("%(who)s discarded a template: %(template)s."),
    # what Kaikukeskus keeps ready for clearances
    "prepared_text_added": gettext_lazy("%(who)s added a prepared text: %(name)s."),
    "prepared_text_changed": gettext_lazy("%(who)s changed a prepared text: %(name)s."),
    "prepared_text_removed": gettext_lazy("%(who)s removed a prepared text: %(name)s."),
    "clearance_times_set": gettext_lazy(
        "%(who)s set when an unanswered question is reminded of, %(remind)s days, and returned, %(back)s days."
    ),
    # partners
    "partner_added": gettext_lazy("%(who)s added a partner: %(about)s."),
    "partner_changed": gettext_lazy("%(who)s changed what is known of a partner: %(about)s."),
    "partners_brought": gettext_lazy("%(who)s brought partners in from a list."),
    "contact_named": gettext_lazy("%(who)s named the contact person of %(about)s: %(person)s."),
    "contact_asked": gettext_lazy("%(person)s was asked whether still the contact person of %(about)s."),
    "contact_stays": gettext_lazy("%(who)s still is the contact person of %(about)s."),
    "contact_confirmed": gettext_lazy("%(who)s confirmed the contact person of %(about)s: %(person)s."),
    "contact_hands_over": gettext_lazy("%(who)s named a successor as the contact person of %(about)s."),
    "contact_accepts": gettext_lazy("%(who)s agreed to be the contact person of %(about)s."),
    "contact_leaves": gettext_lazy("%(who)s leaves as the contact person of %(about)s and knows nobody to follow."),
    "successor_declined": gettext_lazy("%(person)s's successor as the contact person of %(about)s declined."),
    "responsible_asked": gettext_lazy("%(about)s was asked whether still responsible: %(side)s."),
    "responsible_stays": gettext_lazy("%(about)s still is responsible: %(side)s."),
    "responsible_confirmed": gettext_lazy("%(who)s confirmed the responsible person: %(about)s, %(side)s."),
    "responsible_hands_over": gettext_lazy("%(about)s named a successor: %(side)s."),
    "responsible_accepts": gettext_lazy("%(person)s agreed to follow %(about)s: %(side)s."),
    "responsible_leaves": gettext_lazy("%(about)s leaves and knows nobody to follow: %(side)s."),
    "responsible_successor_declined": gettext_lazy("%(about)s's successor declined: %(side)s."),
    "partners_joined": gettext_lazy("%(who)s joined two rows of one partner: %(about)s, and %(gone)s."),
    "organisations_joined": gettext_lazy("%(who)s joined two rows of one organisation: %(about)s, and %(gone)s."),
    "people_joined": gettext_lazy("%(who)s joined two rows of one person: %(about)s, and %(gone)s."),
    "clearance_asked": gettext_lazy("%(who)s asked Kaikukeskus to clear a distributor: %(about)s."),
    "clearance_answered": gettext_lazy("%(who)s answered Kaikukeskus's question: %(about)s."),
    "clearance_given": gettext_lazy("%(who)s cleared a distributor: %(about)s."),
    "clearance_more_wanted": gettext_lazy("%(who)s wants to know more: %(about)s."),
    "clearance_reminded": gettext_lazy("The pair was reminded of Kaikukeskus's question: %(about)s."),
    "clearance_lapsed": gettext_lazy(
        "Kaikukeskus's question was not answered in time, and the request went back: %(about)s."
    ),
    "partner_declined": gettext_lazy("%(who)s recorded that a partner is not taking part: %(about)s."),
    "partner_considered_again": gettext_lazy("%(who)s took a partner back as a candidate: %(about)s."),
    "partner_ended": gettext_lazy("%(who)s recorded that a partner has left: %(about)s."),
    "account_recorded": gettext_lazy("%(who)s recorded a Kaikukanta account: %(about)s, %(on)s."),
    "induction_recorded": gettext_lazy("%(who)s recorded an induction: %(about)s, %(on)s."),
    "induction_described": gettext_lazy("%(who)s added to an induction of an unknown day: %(about)s."),
    "partner_committed": gettext_lazy("A partner is committed: %(about)s."),
    "partner_uncommitted": gettext_lazy("A partner is no longer committed: %(about)s."),
    "partner_taken_over": gettext_lazy("%(who)s recorded what was done before it was entered here: %(about)s."),
    "partner_active": gettext_lazy("A partner is active: %(about)s."),
    # notes, questions and shared answers
    "note_left": gettext_lazy("%(who)s left a note: %(of)s."),
    "note_withdrawn": gettext_lazy("%(who)s withdrew what was written: %(of)s."),
    "question_asked": gettext_lazy("%(who)s asked Kaikukeskus: %(of)s."),
    "question_answered": gettext_lazy("%(who)s answered a question: %(of)s."),
    "shared_answer_drafted": gettext_lazy("%(who)s drafted a shared answer."),
    "shared_answer_changed": gettext_lazy("%(who)s changed a shared answer."),
    "shared_answer_published": gettext_lazy("%(who)s published a shared answer."),
    "shared_answer_taken_back": gettext_lazy("%(who)s took back a shared answer."),
    # commitments
    "commitment_drafted": gettext_lazy("%(who)s drafted a commitment: %(about)s."),
    "commitment_changed": gettext_lazy("%(who)s changed a commitment: %(about)s."),
    "commitment_renewed": gettext_lazy("%(who)s had a draft made anew from the present template: %(about)s."),
    "documents_made": gettext_lazy("The documents of a commitment were made: %(about)s."),
    "documents_asked_again": gettext_lazy("%(who)s asked anew for the documents of a commitment: %(about)s."),
    "pdf_made": gettext_lazy("The PDF of a commitment was made: %(about)s."),
    "pdf_asked_again": gettext_lazy("%(who)s asked anew for the PDF of a commitment: %(about)s."),
    "commitment_checked": gettext_lazy("%(who)s checked a commitment: %(about)s."),
    "commitment_sent": gettext_lazy("%(who)s sent a commitment to be signed: %(about)s."),
    "commitment_signed": gettext_lazy("%(who)s stored a signed copy: %(about)s."),
    "sign_by_moved": gettext_lazy("%(who)s moved the day by which a commitment is to be signed: %(about)s, %(on)s."),
    "signature_asked": gettext_lazy("Signatures were asked for by mail: %(about)s."),
    "signature_renewed": gettext_lazy("A new link for signing was sent: %(about)s."),
    "signature_reminded": gettext_lazy("%(who)s had silent signatories reminded: %(about)s."),
    "signature_forwarded": gettext_lazy("A request to sign was passed on within an organisation: %(about)s."),
    "signature_declined": gettext_lazy("A signatory declined to sign: %(about)s."),
    "copy_sent": gettext_lazy("A signatory sent a signed copy to be looked at: %(about)s."),
    "copy_refused": gettext_lazy("%(who)s did not accept a signed copy: %(about)s."),
    "commitment_acknowledged": gettext_lazy("%(who)s recorded an acknowledgement in Kaikukanta: %(about)s, %(on)s."),
    "commitment_superseded": gettext_lazy("A commitment was replaced by a new one: %(about)s."),
    "commitment_in_force": gettext_lazy("A commitment is in force: %(about)s."),
    "commitment_on_paper": gettext_lazy("%(who)s recorded a commitment made earlier, on paper: %(about)s, %(on)s."),
    "commitment_paper_corrected": gettext_lazy(
        "%(who)s corrected the days of a commitment made on paper: %(about)s, %(on)s."
    ),
    "certificate_made": gettext_lazy("The certificate of signatures was made: %(about)s."),
    "certificate_asked_again": gettext_lazy("%(who)s asked anew for the certificate of signatures: %(about)s."),
    "documents_sealed": gettext_lazy("The PDFs of a commitment were sealed: %(about)s."),
    "commitment_declined": gettext_lazy("%(who)s recorded that a commitment will not be signed: %(about)s."),
    "commitment_ended": gettext_lazy("%(who)s ended a commitment: %(about)s."),
    "commitment_carried_over": gettext_lazy(
        "%(who)s confirmed the decision, and a commitment goes on after the trial: %(about)s."
    ),
    # the trial
    "trial_opened": gettext_lazy("%(who)s opened the trial: %(municipalities)s."),
    "trial_corrected": gettext_lazy("%(who)s corrected the trial."),
    "trial_withdrawn": gettext_lazy("%(who)s withdrew the trial, which had been opened by mistake."),
    "trial_entered": gettext_lazy("%(who)s entered afterwards a trial that was running: %(municipalities)s."),
    "use_entered": gettext_lazy("%(who)s entered afterwards that Kaikukortti is in lasting use: %(municipalities)s."),
    "step_entered": gettext_lazy("%(who)s entered afterwards what had been done: %(step)s, %(on)s."),
    "meeting_entered": gettext_lazy("%(who)s entered afterwards a feedback meeting, %(on)s."),
    "entry_corrected": gettext_lazy("%(who)s corrected what had been entered afterwards of the region."),
    "entry_withdrawn": gettext_lazy("%(who)s withdrew what had been entered afterwards of the region by mistake."),
    "due_moved": gettext_lazy("%(who)s moved the day of a step: %(step)s, from %(was)s to %(to)s."),
    "evidence_saved": gettext_lazy("%(who)s recorded entries: %(step)s."),
    "step_confirmed": gettext_lazy("%(who)s confirmed: %(step)s."),
    "confirmation_withdrawn": gettext_lazy("%(who)s took the confirmation back: %(step)s."),
    "trial_decided": gettext_lazy("%(who)s confirmed, and the decision is made: %(outcome)s."),
    "step_reopened": gettext_lazy("%(who)s reopened a step: %(step)s."),
    "rule_overridden": gettext_lazy("%(who)s overrode a rule of %(step)s: “%(rule)s”."),
    "step_skipped": gettext_lazy("%(who)s skipped a step: %(step)s."),
    "next_opened_early": gettext_lazy("%(who)s opened the next step early, while this is open still: %(step)s."),
    "meeting_recorded": gettext_lazy("%(who)s recorded a feedback meeting, %(on)s."),
    "meeting_corrected": gettext_lazy("%(who)s corrected what is recorded of a feedback meeting, %(on)s."),
    "yearly_done": gettext_lazy("%(who)s recorded what comes round every year: %(yearly)s, %(on)s."),
    "yearly_taken_back": gettext_lazy(
        "%(who)s took back what had been recorded of what comes round every year: %(yearly)s, %(on)s."
    ),
    "meeting_proposed": gettext_lazy("%(who)s proposed times for a meeting: %(about)s."),
    "meeting_times_added": gettext_lazy("%(who)s proposed more times for a meeting: %(about)s."),
    "meeting_fixed": gettext_lazy("%(who)s fixed the time of a meeting: %(about)s, %(on)s."),
    "meeting_changed": gettext_lazy("%(who)s changed what is said of a meeting: %(about)s."),
    "meeting_called": gettext_lazy("%(who)s invited more people to a meeting: %(about)s."),
    "meeting_uncalled": gettext_lazy("%(who)s took one off the list of those invited: %(about)s."),
    "meeting_left": gettext_lazy(
        "Whoever no longer answers for the region or works at Kaikukeskus is not invited any more: %(about)s."
    ),
    "organiser_followed": gettext_lazy(
        "Who arranged a meeting no longer answers for the region or works at Kaikukeskus, and %(person)s is asked "
        "about it from now on: %(about)s."
    ),
    "meeting_asked_again": gettext_lazy("%(who)s had the silent ones asked again which times suit: %(about)s."),
    "meeting_picked": gettext_lazy("One who is invited said which times suit: %(about)s."),
    "meeting_cannot_come": gettext_lazy("One who is invited cannot come: %(about)s."),
    "meeting_can_come": gettext_lazy("One who is invited can come after all: %(about)s."),
    "meeting_cancelled": gettext_lazy("%(who)s cancelled a meeting: %(about)s."),
    "meeting_held": gettext_lazy("%(who)s recorded who came to a meeting: %(about)s, %(on)s."),
    "body_added": gettext_lazy("%(who)s entered the meetings of a body: %(body)s."),
    "body_changed": gettext_lazy("%(who)s changed the meetings of a body: %(body)s."),
    "body_removed": gettext_lazy("%(who)s removed a body: %(body)s."),
    "agenda_changed": gettext_lazy("%(who)s changed the agenda with which meetings begin: %(agenda)s."),
    "minutes_written": gettext_lazy("%(who)s wrote the minutes of a meeting: %(about)s."),
    "point_agreed": gettext_lazy("%(who)s wrote down a point that was agreed on in a meeting (%(about)s): %(person)s."),
    "point_taken_back": gettext_lazy("%(who)s took back a point of a meeting (%(about)s): %(person)s."),
    "point_moved": gettext_lazy(
        "%(who)s moved the day of what was agreed on in a meeting (%(about)s): from %(was)s to %(to)s."
    ),
    "point_done": gettext_lazy("%(who)s has done what was agreed on in a meeting: %(about)s."),
    "point_not_done": gettext_lazy("%(who)s took back that a point of a meeting was done: %(about)s."),
    "survey_ended": gettext_lazy("%(who)s ended the survey to the partners before its day."),
    "survey_moved": gettext_lazy("%(who)s moved with the meeting the last day of the survey to the partners: %(on)s."),
    "survey_opened": gettext_lazy("%(who)s opened a survey to the partners, until %(on)s."),
    "kaikukeskus_invited": gettext_lazy("%(who)s invited Kaikukeskus to the feedback meeting of %(on)s."),
}


KIND_OF_NOTE = {"step": "trialstep"}  # what a note is about → the kind under which it is looked up
SIGNED_BY_LINK = gettext_lazy("A commitment was signed by link: %(about)s.")
# Of an asking anew by its round: before the turn nothing is sent, and the first link is no new one.
ASKED_ANEW = {
    0: gettext_lazy("%(who)s named whom to ask for a signature: %(about)s."), 1: SENTENCES["signature_asked"],
}  # fmt: skip


class Line(NamedTuple):
    """One act in words."""

    act: Act
    text: str
    reason: str


def sentences(acts: Iterable[Act]) -> list[Line]:
    """The acts in words, in the order given. The names are looked up together, a query for each kind of thing."""
    acts = list(acts)
    names = Names(acts)
    return [Line(act, _sentence(act, names), act.reason) for act in acts]


def _sentence(act: Act, names: "Names") -> str:
    facts = {"who": names.who(act), "about": names.about(act), "step": names.step(act), "of": names.of_note(act)}
    facts["gone"] = names.of(act.about_kind, act.data.get("gone", 0))
    facts |= _details(act, names) | _of_body(act, names) | _of_agenda(act)
    said = SIGNED_BY_LINK if act.data.get("method") == "link" else SENTENCES[act.what]
    if act.what == "signature_renewed":
        said = ASKED_ANEW.get(act.data.get("round"), said)
    return " ".join([str(said) % facts, *_more(act, names)])


def _details(act: Act, names: "Names") -> dict[str, str]:
    data, found = act.data, _of_move(act)
    if "on" in data:
        found["on"] = _day(data["on"])
    if "side" in data:
        found["side"] = _responsibility(data, names)
    if "person" in data:
        found["person"] = names.of("person", data["person"])
    if "municipalities" in data:
        found["municipalities"] = listed(names.of("municipality", key) for key in data["municipalities"])
    if act.about_kind == "template":
        language = get_language_info(data["language"])["name_translated"]
        found["template"] = f"{Commitment.Kind(data['kind']).label}, {language}"
        found["number"] = str(data.get("number", ""))
    if "outcome" in data:
        found["outcome"] = str(OUTCOME_NAMES[data["outcome"]]) + names.until(act)
    found |= {key: data[key] for key in ("name", "remind", "back") if key in data}
    if "rule" in data:
        found["rule"] = names.rule(act)
    return found


def _of_body(act: Act, names: "Names") -> dict[str, str]:
    """Of a body its name and whose it is: the municipality's, else the county's. Of what comes round every year, what
    it is."""
    if act.what.startswith("yearly_"):
        return {"yearly": str(YearlyDone.Kind(act.data["kind"]).label)}
    if not act.what.startswith("body_"):
        return {}
    town = act.data["municipality"]
    return {"body": f"{act.data['name']}, {names.of('municipality', town) if town else _('county')}"}


def _of_agenda(act: Act) -> dict[str, str]:
    """Of an agenda the kind of meeting, and the language."""
    if act.what != "agenda_changed":
        return {}
    language = get_language_info(act.data["language"])["name_translated"]
    return {"agenda": f"{Meeting.Kind(act.data['kind']).label}, {language}"}


def _of_move(act: Act) -> dict[str, str]:
    """Of a day that was moved: from which day and to which. A point of a meeting may have none."""
    if act.what == "point_moved":
        return {key: _day(act.data[key]) if act.data[key] else _("no day") for key in ("was", "to")}
    was, to = act.data["moves"][act.data["step"]] if act.what == "due_moved" else ("", "")
    return {"was": _day(was), "to": _day(to)} if was else {}


def _day(on: str | None) -> str:
    return written(date.fromisoformat(on)) if on else _("on a day that is not known")


def _responsibility(data: dict[str, Any], names: "Names") -> str:
    parts = [str(Side(data["side"]).label)]
    if data.get("municipality"):
        parts.append(names.of("municipality", data["municipality"]))
    if data.get("substitute"):
        parts.append(_("substitute"))
    return ", ".join(parts)


def _more(act: Act, names: "Names") -> list[str]:
    """What follows the sentence: the plan of a trial, that the step was closed, whose confirmation fell, who had not
    signed by then."""
    more = _of_trial(act, names)
    if moved := names.moved_with(act):
        more.append(_("With it moved: %(steps)s.") % {"steps": listed(moved)})
    more += names.dropped_by(act)
    if numbers := act.data.get("numbers"):
        more.append(_("%(create)s new, %(update)s changed, %(refuse)s refused.") % numbers)
    if act.what == "partners_joined" and act.data.get("former"):
        more.append(_("%(name)s no longer is its contact person.") % {"name": names.of("person", act.data["former"])})
    if act.what == "step_confirmed" and act.data.get("closes"):
        more.append(_("With this the step was closed."))
    if withdrew := act.data.get("withdrew"):
        text = ngettext(
            "With this a confirmation was withdrawn: %(names)s.",
            "With this confirmations were withdrawn: %(names)s.",
            len(withdrew),
        )
        more.append(text % {"names": listed(names.of("person", key) for key in withdrew)})
    if unsigned := act.data.get("unsigned"):
        text = ngettext("Not signed by then: %(names)s.", "Not signed by then: %(names)s.", len(unsigned))
        more.append(text % {"names": listed(names.of("partner", key) for key in unsigned)})
    return more


def _of_trial(act: Act, names: "Names") -> list[str]:
    """The operating model and the planned days with which a trial was opened, and what was corrected of it."""
    said = []
    if act.what in ("trial_opened", "trial_entered", "use_entered"):
        said.append(_("Operating model: %(model)s.") % {"model": OPERATING_MODELS[act.data["model"]].label})
    if (planned := act.data.get("planned")) and act.what != "use_entered":
        start, end = (written(date.fromisoformat(day)) for day in planned)
        said.append(_("Planned: %(start)s–%(end)s.") % {"start": start, "end": end})
    if term := act.data.get("term"):
        start, end = (_day(day) for day in term)
        said.append(_("The trial began: %(start)s; ends or ended: %(end)s.") % {"start": start, "end": end})
    said += [_of_correction(act, names, *one) for one in act.data.get("changed", [])]
    for key, text in (("joined", _("Joined: %(names)s.")), ("left", _("Left: %(names)s."))):
        if moved := act.data.get(key):
            said.append(text % {"names": listed(names.of("municipality", one) for one in moved)})
    return said


def _of_correction(act: Act, names: "Names", kind: str, key: Any, was: str | None, now: str | None) -> str:
    """What a correction of an entry changed, from which day to which."""
    if kind == "known":
        return _("What else is known was corrected.")
    what = names.of_entry(act, kind, key)
    return _("%(what)s: %(now)s, before the correction %(was)s.") % {"what": what, "now": _day(now), "was": _day(was)}


def short_name(step: Any) -> str:
    """Within a sentence: step 5, or the decision on going on."""
    return _("the decision on going on") if step.outcomes else _("step %(number)s") % {"number": step.number}


class Names:
    """The names of everything that some acts speak of, by kind and key."""

    def __init__(self, acts: list[Act]) -> None:
        keys = _keys(acts)
        self.found: dict[str, dict[int, Any]] = {
            "person": Person.objects.in_bulk(list(keys["person"])),
            "municipality": Municipality.objects.in_bulk(list(keys["municipality"])),
            "partner": Partner.objects.select_related("organisation").in_bulk(list(keys["partner"])),
            "commitment": Commitment.objects.select_related("partner__organisation", "region").in_bulk(
                list(keys["commitment"])
            ),
            "trialstep": TrialStep.objects.select_related("trial__region").in_bulk(list(keys["trialstep"])),
            "feedbackmeeting": FeedbackMeeting.objects.select_related("region").in_bulk(list(keys["feedbackmeeting"])),
            "meeting": Meeting.objects.in_bulk(list(keys["meeting"])),
            "region": Region.objects.in_bulk(list(keys["region"])),
            "organisation": Organisation.objects.in_bulk(list(keys["organisation"])),
        }
        for kind in (PARTNER, ORGANISATION):
            if joined := keys[kind] - self.found[kind].keys():
                self.found[kind] |= names_of_joined(kind, joined)
        self.extensions = _extensions(acts)

    def of(self, kind: str, key: object) -> str:
        """The present name; what has been deleted, which nothing here is, is said to be unknown."""
        thing = self.found.get(kind, {}).get(int(str(key)))
        if isinstance(thing, Commitment):
            return f"{thing.name}, {thing.partner or thing.region}"
        return _("not known") if thing is None else str(thing)

    def of_note(self, act: Act) -> str:
        """What a note or a question was about; nothing of other acts."""
        if act.about_kind != "note":
            return ""
        kind, key = act.data.get("of", ("", 0))
        return self._title_of(key) if kind == "step" else self.of(kind, key)

    def about(self, act: Act) -> str:
        return self.of(act.about_kind, act.about_id) if act.about_kind in self.found else ""

    def who(self, act: Act) -> str:
        """Aino Virtanen (culture side); of a substitute also in whose stead; of no person the site itself."""
        if act.by_id is None:
            return "Kaikupolku"
        facts = {"name": self.of("person", act.by_id), "side": side_name(act.side) if act.side else ""}
        if act.on_behalf_of_id:
            facts["holder"] = self.of("person", act.on_behalf_of_id)
            return _("%(name)s (%(side)s, in the stead of %(holder)s)") % facts
        return _("%(name)s (%(side)s)") % facts if act.side else facts["name"]

    def _step(self, act: Act) -> Any:
        return self._step_of(int(act.about_id)) if act.about_kind == "trialstep" else None

    def _step_of(self, key: int) -> Any:
        row = self.found["trialstep"].get(key)
        return MODELS[row.trial.model].step(row.key) if row else None

    def of_entry(self, act: Act, kind: str, key: Any) -> str:
        """What of an entry was corrected: a step, a municipality, or the feedback meeting."""
        if kind == "meeting":
            return _("Feedback meeting")
        if kind == "municipality":
            return _("%(name)s, in lasting use since") % {"name": self.of(kind, key)}
        step = MODELS[act.data["model"]].step(key)
        if step is None or step.outcomes:
            return str(step.title) if step else ""
        return _("Step %(number)s, %(title)s") % {"number": step.number, "title": step.title}

    def step(self, act: Act) -> str:
        return self._title_of(int(act.about_id)) if act.about_kind == "trialstep" else ""

    def _title_of(self, key: int) -> str:
        step = self._step_of(key)
        if step is None or step.outcomes:
            return str(step.title) if step else ""
        return _("Step %(number)s, %(title)s") % {"number": step.number, "title": step.title}

    def moved_with(self, act: Act) -> list[str]:
        """Of a day that was moved, or of a correction: the other steps that moved with it, each with its new day."""
        others = {key: to for key, (_was, to) in act.data.get("moves", {}).items() if key != act.data.get("step")}
        return [
            _("%(step)s to %(day)s") % {"step": short_name(step), "day": _day(others[step.key])}
            for step in self._steps_in(act, others)
        ]

    def dropped_by(self, act: Act) -> list[str]:
        """Of the steps that moved, those whose day somebody had given with a reason, which could not stay."""
        dropped = act.data.get("dropped", {})
        text = _("The day to which %(step)s had been moved could not stay; its reason was: ”%(reason)s”.")
        return [text % {"step": short_name(step), "reason": dropped[step.key]} for step in self._steps_in(act, dropped)]

    def _steps_in(self, act: Act, keys: Collection[str]) -> list[Any]:
        """The steps with these keys, in their order, by the model of the trial that the act is about."""
        row = self.found["trialstep"].get(int(act.about_id)) if act.about_kind == "trialstep" else None
        model = row.trial.model if row else act.data.get("model", "")
        return [step for step in MODELS[model].all_steps() if step.key in keys] if keys and model else []

    def until(self, act: Act) -> str:
        """Of an extension the new end: in the record of the decision that was closed by this act."""
        before = [row for row in self.extensions if str(row.trial_id) == act.about_id and row.closed_at <= act.at]
        ends = [said["new_end"] for row in before[-1:] for said in row.evidence.values() if said.get("new_end")]
        return _(" until %(end)s") % {"end": written(date.fromisoformat(ends[0]))} if ends else ""

    def rule(self, act: Act) -> str:
        step = self._step(act)
        rules = {rule.key: str(rule.title) for rule in step.missing} if step else {}
        return rules.get(act.data["rule"], act.data["rule"])


def _extensions(acts: list[Act]) -> list[Any]:
    """The closed records of the decisions that extended a trial, the oldest first."""
    trials = {int(act.about_id) for act in acts if act.what == "trial_decided" and act.data["outcome"] == "extend"}
    rows = TrialStep.objects.filter(trial__in=trials, key="decision").exclude(closed_at=None)
    return list(rows.order_by("round")) if trials else []


def _keys(acts: list[Act]) -> dict[str, set[int]]:
    keys: dict[str, set[int]] = defaultdict(set)
    for act in acts:
        if "gone" in act.data:
            keys[act.about_kind].add(act.data["gone"])
        people = (act.by_id, act.on_behalf_of_id, act.data.get("person"), act.data.get("former"))
        keys["person"] |= {key for key in people if key}
        keys["person"] |= set(act.data.get("withdrew", []))
        keys["municipality"] |= {key for kind, key, *_days in act.data.get("changed", []) if kind == "municipality"}
        keys["partner"] |= set(act.data.get("unsigned", []))
        for several in ("municipalities", "joined", "left"):
            keys["municipality"] |= set(act.data.get(several, []))
        keys["municipality"] |= {act.data.get("municipality")} - {None}
        if act.about_kind == "note" and (of := act.data.get("of")):
            keys[KIND_OF_NOTE.get(of[0], of[0])].add(of[1])
        if act.about_id:
            keys[act.about_kind].add(int(act.about_id))
    return keys
