"""Do a calendar and a spreadsheet get from the plan what the page shows? Read by readers that did not write them."""

import re
from datetime import datetime, time, timedelta
from io import BytesIO

import pytest
import vobject
from django.urls import reverse
from django.utils.timezone import localdate, now
from openpyxl import load_workbook

from adoption.days import A_DAY, next_working_day
from tests.people import a_stranger
from tests.trials import a_walk
from workflows import services
from workflows.models import TrialStep
from workflows.moving import mark_of, move_due
from workflows.timeline import plan_of_trial
from workflows.walk import introduce

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


READ = ("UID", "SUMMARY", "DTSTART", "DESCRIPTION", "LOCATION", "STATUS", "SEQUENCE", "URL")


def events_of(content: bytes) -> list[dict[str, str]]:
    """A plain reading of RFC 5545: lines end by CRLF and hold 75 octets, a folded one begins with a space; the calendar
    says who has written it and each event what it is and when it was written, once."""
    assert content.endswith(b"\r\n")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", content)
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    lines = content.decode().replace("\r\n ", "").replace("\r\n\t", "").split("\r\n")
    assert (lines[0], lines[-2]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    head = lines[: lines.index("BEGIN:VEVENT")] if "BEGIN:VEVENT" in lines else lines
    assert [line for line in head if line.startswith("VERSION")] == ["VERSION:2.0"]
    assert [bool(line.partition(":")[2]) for line in head if line.startswith("PRODID")] == [True]
    events: list[dict[str, str]] = []
    inside = False
    for line in lines:
        if line == "BEGIN:VEVENT":
            inside = True
            events.append({})
        elif line == "END:VEVENT":
            inside = False
        elif inside:
            name, _colon, value = line.partition(":")
            name, _semicolon, more = name.partition(";")
            assert name not in events[-1]
            text = value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
            events[-1] |= {name: text, f"{name}?": more}
    assert all(re.fullmatch(r"\d{8}T\d{6}Z", event["DTSTAMP"]) and event["DTSTART"] for event in events)
    assert len({event["UID"] for event in events} - {""}) == len(events)
    assert [_by_vobject(event) for event in vobject.readOne(content.decode()).contents.get("vevent", [])] == [
        {name: event.get(name, "") for name in READ} for event in events
    ]
    return events


def _by_vobject(event) -> dict[str, str]:
    """The same of the event as a parser by others reads it, which has no line in common with the writer."""
    found = {name: str(event.getChildValue(name.lower(), "")) for name in READ}
    moment = event.dtstart.value
    if not isinstance(moment, datetime):
        return found | {"DTSTART": moment.strftime("%Y%m%d")}
    return found | {"DTSTART": moment.strftime("%Y%m%dT%H%M%S") + "Z" * (not moment.utcoffset())}


def calendar(client, here, by=None) -> list[dict[str, str]]:
    client.force_login(by or here.aino)
    answer = client.get(reverse("plan_calendar", args=[here.region.slug, here.trial.pk]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return events_of(answer.content)


def test_each_step_is_an_event_of_its_due_day_and_a_done_one_of_its_own(client):
    here = a_walk(until="intro_event")
    events = calendar(client, here)
    lines = plan_of_trial(services.read(here.trial.pk)).lines
    assert [line.done for line in lines[:2]] == [localdate(), None]
    assert [event["DTSTART"] for event in events] == [(line.done or line.due).strftime("%Y%m%d") for line in lines]
    assert {event["DTSTART?"] for event in events} == {"VALUE=DATE"}
    assert len({event["UID"] for event in events}) == 11
    assert events[0]["SUMMARY"] == f"{here.region.name}: step 1, Introductory event"
    assert events[0]["DESCRIPTION"].startswith("Done on ")
    assert events[0]["URL"].endswith(reverse("step", args=[here.region.slug, here.trial.pk, "intro_event"]))
    assert abs(datetime.fromisoformat(events[0]["DTSTAMP"]) - now()) < timedelta(minutes=10)


def test_a_moved_step_is_the_same_event_with_a_higher_number(client):
    here = a_walk()
    before = {event["UID"]: event for event in calendar(client, here)}
    row = TrialStep.objects.get(trial=here.trial, key="workshop")
    to = next_working_day(row.due + A_DAY)
    mark = mark_of(services.read(here.trial.pk))
    move_due(here.trial, "workshop", here.aino, to, "Sali on varattu; siirretään, valitettavasti.", mark)
    after = {event["UID"]: event for event in calendar(client, here)}
    assert before.keys() == after.keys()
    changed = [uid for uid in after if after[uid]["DTSTART"] != before[uid]["DTSTART"]]
    assert changed
    for uid in after:
        grown = int(after[uid]["SEQUENCE"]) - int(before[uid]["SEQUENCE"])
        assert grown == (2 if uid in changed else 0)
    workshop = next(event for event in after.values() if "step 4," in event["SUMMARY"])
    assert workshop["DTSTART"] == to.strftime("%Y%m%d")
    assert workshop["DESCRIPTION"] == "Sali on varattu; siirretään, valitettavasti."


def test_a_step_that_is_done_and_open_again_is_the_same_event_with_higher_numbers(client):
    here = a_walk()
    introduce(here)
    done = calendar(client, here)[0]
    services.reopen_step(here.trial, "intro_event", here.laura, "Väärä päivä.")
    again = calendar(client, here)[0]
    due = plan_of_trial(services.read(here.trial.pk)).lines[0].due
    assert [done["DTSTART"], again["DTSTART"]] == [f"{localdate():%Y%m%d}", f"{due:%Y%m%d}"]
    assert done["UID"] == again["UID"]
    assert int(done["SEQUENCE"]) < int(again["SEQUENCE"])
    services.skip_step(here.trial, "intro_event", here.laura, "Jo pidetty.")
    skipped = calendar(client, here)[0]
    assert skipped["DTSTART"] == again["DTSTART"]
    assert int(skipped["SEQUENCE"]) > int(again["SEQUENCE"])


def test_the_names_are_in_the_readers_language(client):
    here = a_walk()
    here.mikko.language = "fi"
    here.mikko.save()
    event = calendar(client, here, here.mikko)[0]
    assert event["SUMMARY"].startswith(f"{here.region.name_fi}: ")
    assert event["SUMMARY?"] == "LANGUAGE=fi"
    assert "Introductory event" not in event["SUMMARY"]


def test_the_table_has_a_row_a_step(client):
    here = a_walk(until="intro_event")
    client.force_login(here.mikko)
    answer = client.get(reverse("plan_sheet", args=[here.region.slug, here.trial.pk]))
    [head, *rows] = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
    assert head == ("Step", "Name", "Planned from", "Planned to", "Done on", "Compared with the plan")
    lines = plan_of_trial(services.read(here.trial.pk)).lines
    assert [row[3] for row in rows] == [datetime.combine(line.due, time()) for line in lines]
    assert [row[0] for row in rows] == [*range(1, 11), "→"]
    assert rows[0][4:] == (datetime.combine(lines[0].done, time()), lines[0].difference)


@pytest.mark.parametrize("name", ["plan_calendar", "plan_sheet"])
def test_strangers_get_neither(client, name):
    here = a_walk()
    client.force_login(a_stranger())
    assert client.get(reverse(name, args=[here.region.slug, here.trial.pk])).status_code == 404


def test_the_reader_reads_what_is_folded_and_escaped():
    """The tests' own reader, on a calendar written by hand."""
    head = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:hand\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20270301T100000Z\r\n"
    lines = b"SUMMARY:a\\, b\r\n  c\r\nDTSTART;VALUE=DATE:20270305\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    [event] = events_of(head + lines)
    assert (event["SUMMARY"], event["DTSTART"], event["DTSTART?"]) == ("a, b c", "20270305", "VALUE=DATE")
    for left_out in (b"PRODID:hand\r\n", b"VERSION:2.0\r\n", b"UID:1\r\n", b"DTSTAMP:20270301T100000Z\r\n", b"\r"):
        with pytest.raises((AssertionError, KeyError)):
            events_of((head + lines).replace(left_out, b""))
