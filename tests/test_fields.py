"""How the site reads and writes days, sums and text, and which places its menu offers."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django.utils.timezone import localdate

from adoption.fields import Day, Form, ModelForm, Several, Text
from adoption.models import Municipality, Organisation, Partner, Person, Region, Responsibility
from adoption.templatetags import kaiku
from config.context import menu
from tests.people import a_region

HARD = "\N{NO-BREAK SPACE}"
MOMENT = datetime(2027, 3, 8, 12, 5, tzinfo=UTC)


# --- Days -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("typed", ["5.3.2027", "05.03.2027", " 5. 3. 2027 ", "2027-03-05"])
def test_a_day_is_read_in_every_language(language, typed):
    with translation.override(language):
        assert Day().clean(typed) == date(2027, 3, 5)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("31.2.2027", "too_long"),
        ("29.2.2027", "too_long"),
        ("5.3.27", "invalid"),
        ("5.13.2027", "invalid"),
        ("0.3.2027", "invalid"),
        ("3/5/2027", "invalid"),
        ("soon", "invalid"),
        ("5.3.0207", "year"),
        ("5.3.3027", "year"),
        ("", "required"),
    ],
)
def test_what_is_no_day_is_refused_with_its_reason(typed, code):
    with pytest.raises(ValidationError) as refusal:
        Day().clean(typed)
    assert refusal.value.code == code


def test_the_refusal_names_the_month():
    with translation.override("en"), pytest.raises(ValidationError, match=r"2/2027 has only 28 days"):
        Day().clean("31.2.2027")


def test_a_day_is_shown_as_it_is_typed():
    assert 'value="5.3.2027"' in str(Form1(initial={"day": date(2027, 3, 5)})["day"])


# --- Text -----------------------------------------------------------------------------------------
def test_what_cannot_be_seen_is_taken_out_of_text():
    assert Text().clean("  Puu\x00 & \u202eSivu\u200b\t<Oy>\r\n ") == "Puu & Sivu <Oy>"


def test_a_text_area_keeps_its_lines():
    assert Text(widget=forms.Textarea).clean("one\r\ntwo\x07\n") == "one\ntwo"


@pytest.mark.parametrize("code", ["131052-308T", "010594Y9032", "311299a123b", "(290200A248F)", "asiakas 131052+308T,"])
def test_a_personal_identity_code_is_refused(code):
    with pytest.raises(ValidationError) as refusal:
        Text().clean(code)
    assert [error.code for error in refusal.value.error_list] == ["identity_code"]


@pytest.mark.parametrize("text", ["KAJDno-2027-118", "0211675-2", "040 123 4567", "+358 40 1234567", "311399-123B1"])
def test_other_numbers_are_no_identity_codes(text):
    assert Text().clean(text) == text


# --- Forms ----------------------------------------------------------------------------------------
class Form1(Form):
    """One field of each kind of markup."""

    name = Text(label="Name", help_text="As it is.")
    day = Day(label="Day", required=False)
    manner = forms.ChoiceField(label="Manner", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    kinds = forms.MultipleChoiceField(label="Kinds", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)
    consent = forms.BooleanField(label="Consent")


def test_a_form_that_was_not_sent_is_a_good_page():
    assert Form1().status == 200
    assert "aria-invalid" not in Form1().render()


def test_a_refused_form_has_422_and_a_summary_that_leads_to_each_fault():
    form = Form1({"name": "", "day": "31.2.2027"})
    assert form.status == 422
    html = form.render()
    hrefs = [fault.href for fault in form.summary()]
    assert hrefs == ["#id_name", "#id_day", "#id_manner_0", "#id_kinds_0", "#id_consent"]
    assert [href for href in hrefs if f'id="{href[1:]}"' not in html] == []


def test_help_and_error_are_tied_to_their_field():
    html = Form1({}).render()
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_manner_error"' in html


def test_only_what_may_be_left_out_says_so():
    with translation.override("en"):
        assert Form1().render().count("(not mandatory)") == 1


def test_each_choice_may_have_its_own_help():
    form = Form1()
    form.fields["manner"].choice_help = {"b": "By mail."}
    html = form.render()
    assert 'id="id_manner_1_helptext">By mail.</p>' in html
    assert 'aria-describedby="id_manner_1_helptext"' in html


def test_what_was_typed_is_shown_again_and_escaped():
    assert 'value="&lt;b&gt;"' in Form1({"name": "<b>"}).render()


class OrganisationForm(ModelForm):
    class Meta:
        model = Organisation
        fields = ["name", "sector"]


class PartnerForm(ModelForm):
    class Meta:
        model = Partner
        fields = ["unit", "account_on", "why_most", "signatory_email"]


def test_a_model_form_has_our_fields():
    kinds = {name: type(field) for name, field in PartnerForm().fields.items()}
    assert kinds == {"unit": Text, "account_on": Day, "why_most": Text, "signatory_email": forms.EmailField}
    assert isinstance(PartnerForm().fields["why_most"].widget, forms.Textarea)


@pytest.mark.parametrize(("length", "right"), [(300, True), (301, False)])
def test_a_long_name_fits_or_is_refused(length, right):
    assert OrganisationForm({"name": "x" * length, "sector": "third"}).is_valid() is right


def shown(**context: object) -> str:
    return Template('{% include "forms/error_summary.html" %}').render(Context(context)).strip()


def test_the_summary_shows_faults_and_reasons():
    html = shown(form=Form1({}), reasons=["A reason."])
    assert html.index("A reason.") < html.index('href="#id_name"')
    assert "autofocus" in html
    assert shown(form=Form1()) == ""


# --- What is written ------------------------------------------------------------------------------
def written(language: str, name: str, value: object) -> str:
    with translation.override(language):
        return getattr(kaiku, name)(value)


@pytest.mark.parametrize(
    ("language", "moment", "euros", "cents", "thousands"),
    [
        ("fi", f"ma{HARD}8.3.2027 klo{HARD}14.05", f"1{HARD}371{HARD}€", f"0,50{HARD}€", f"130{HARD}472"),
        ("sv", f"mån{HARD}8.3.2027 kl.{HARD}14.05", f"1{HARD}371{HARD}€", f"0,50{HARD}€", f"130{HARD}472"),
        ("en", f"Mon{HARD}8.3.2027 at{HARD}14:05", "€1,371", "€0.50", "130,472"),
    ],
)
def test_moments_and_sums_are_written_as_the_language_does(language, moment, euros, cents, thousands):
    assert written(language, "moment", MOMENT) == moment
    assert written(language, "euros", 1371) == euros
    assert written(language, "euros", 0.5) == cents
    assert written(language, "thousands", 130472) == thousands


def test_a_day_is_the_same_in_every_language():
    assert (
        written("fi", "day", date(2027, 3, 5))
        == written("en", "day", datetime(2027, 3, 4, 22, tzinfo=UTC))
        == "5.3.2027"
    )


def test_what_is_not_known_is_said():
    assert [written("en", name, None) for name in ("day", "moment", "euros", "thousands")] == [
        "",
        "",
        "not known",
        "not known",
    ]


def test_a_state_is_an_icon_and_its_word():
    html = Template('{% load kaiku %}{% state "done" word %}').render(Context({"word": "<Done>"}))
    assert html == (
        '<span class="state state--done"><svg class="icon" aria-hidden="true"><use href="/static/sprite.svg#done">'
        "</use></svg><span>&lt;Done&gt;</span></span>"
    )


# --- The menu -------------------------------------------------------------------------------------
def a_responsible_person(regions: int) -> Person:
    person = Person.objects.create(email="aino@example.org", name="Aino Virtanen")
    for number in range(regions):
        name = f"Alue {number}"
        region = Region.objects.create(name_fi=name, name_sv=name, name_en=name, slug=f"alue-{number}")
        Responsibility.objects.create(person=person, region=region, side="culture", since=localdate())
    return person


def labels(person: object, path: str = "/") -> list[str]:
    request = RequestFactory().get(path)
    request.user = person
    with translation.override("en"):
        return [link.label for link in menu(request)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("regions", "expected"),
    [
        (0, ["Help"]),
        (1, ["My work", "Alue 0", "Partners", "Help"]),
        (3, ["My work", "Alue 0", "Alue 1", "Alue 2", "Help"]),
        (4, ["My work", "Regions", "Help"]),
    ],
)
def test_the_menu_has_the_own_regions_in_one_query(regions, expected, django_assert_num_queries):
    person = a_responsible_person(regions)
    with django_assert_num_queries(1), translation.override("fi"):
        assert labels(person) == expected


@pytest.mark.django_db
def test_a_responsibility_that_has_ended_is_not_in_the_menu():
    person = a_responsible_person(1)
    person.responsibilities.update(since=localdate() - timedelta(days=9), until=localdate())
    assert labels(person) == ["Help"]


@pytest.mark.django_db
def test_kaikukeskus_has_its_queue_without_a_query(django_assert_num_queries):
    person = Person.objects.create(email="laura@example.org", name="Laura Mäkelä", is_kaikukeskus=True)
    with django_assert_num_queries(0):
        assert labels(person) == ["Queue", "Regions", "People", "Templates", "Help"]


@pytest.mark.django_db
def test_a_partners_contact_has_the_own_partner():
    person = Person.objects.create(email="teemu@example.org", name="Teemu Rissanen")
    region = a_region()
    organisation = Organisation.objects.create(name="Puu & Sivu <Oy>", sector="third")
    Partner.objects.create(region=region, organisation=organisation, role="venue", kind="culture", contact=person)
    assert labels(person) == ["My partner", "Help"]


@pytest.mark.django_db
def test_a_key_that_no_database_can_hold_is_no_choice_and_no_fault():
    field = Several(Municipality.objects.all(), error_messages={"required": "Choose."})
    with pytest.raises(ValidationError):
        field.clean(["9" * 30])


def test_a_text_without_a_limit_of_its_own_has_one():
    assert Text().clean("a" * 4000)
    with pytest.raises(ValidationError):
        Text().clean("a" * 4001)
