"""How are icons, states, days, moments and sums written on every page?"""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from adoption.models import Responsibility, Side

register = template.Library()

HARD = "\N{NO-BREAK SPACE}"
WEEKDAYS = {
    "fi": ["ma", "ti", "ke", "to", "pe", "la", "su"],
    "sv": ["mån", "tis", "ons", "tors", "fre", "lör", "sön"],
    "en": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
}
CLOCK = {"fi": "klo{0}{1.hour}.{1:%M}", "sv": "kl.{0}{1.hour}.{1:%M}", "en": "at{0}{1.hour}:{1:%M}"}


def _language() -> str:
    language = (get_language() or "fi")[:2]
    return language if language in WEEKDAYS else "fi"


def _here(value: date) -> date:
    """A moment in the site's own time zone; a day is the same everywhere."""
    return localtime(value) if isinstance(value, datetime) and is_aware(value) else value


@register.simple_tag
def icon(name: str, css: str = "icon") -> SafeString:
    """The icon of the sprite, for the eye only: its word stands beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', css, static("sprite.svg"), name
    )


@register.simple_tag
def state(name: str, word: str) -> SafeString:
    """A state: the icon of its own shape, and its word."""
    return format_html('<span class="state state--{0}">{1}<span>{2}</span></span>', name, icon(name), word)


def in_quotes(text: object) -> str:
    """In the quotation marks of the reader's language."""
    return _("“{text}”").format(text=text)


@register.filter
def quoted(text: object) -> SafeString:
    """The same on a page."""
    return format_html(_("“{text}”"), text=text)


@register.filter
def day(value: date | None) -> str:
    """5.3.2027, in every language; nothing for no day."""
    if not value:
        return ""
    value = _here(value)
    return f"{value.day}.{value.month}.{value.year}"


@register.filter
def weekday_day(value: date | None) -> str:
    """pe 5.3.2027, with the weekday in the reader's language."""
    if not value:
        return ""
    return f"{WEEKDAYS[_language()][_here(value).weekday()]}{HARD}{day(value)}"


@register.filter
def moment(value: datetime | None) -> str:
    """ma 8.3.2027 klo 14.12."""
    if not value:
        return ""
    return f"{weekday_day(value)} {CLOCK[_language()].format(HARD, _here(value))}"


@register.filter
def term(given: Responsibility) -> str:
    """From which day on the person answers for it, and until which, that one counted."""
    days = {"since": day(given.since), "until": day(given.last_day)}
    if given.last_day is None:
        return _("from %(since)s") % days
    if given.last_day <= given.since:  # ended on the day on which it began, or on the next
        return _("on %(since)s only") % days
    return " ".join([_("from %(since)s") % days, _("until %(until)s") % days])


NUMBERS = {
    2: pgettext_lazy("number", "two"),
    3: pgettext_lazy("number", "three"),
    4: pgettext_lazy("number", "four"),
    5: pgettext_lazy("number", "five"),
    6: pgettext_lazy("number", "six"),
    7: pgettext_lazy("number", "seven"),
    8: pgettext_lazy("number", "eight"),
    9: pgettext_lazy("number", "nine"),
    10: pgettext_lazy("number", "ten"),
}


@register.filter
def in_words(value: int) -> str:
    """three; a number beyond ten in figures."""
    return str(NUMBERS.get(value, value))


def _number(value: Decimal | float, decimals: int) -> str:
    """With a hard space between thousands and a decimal comma; in English a comma and a point."""
    written = f"{value:,.{decimals}f}"
    if _language() == "en":
        return written
    return written.translate({ord(","): HARD, ord("."): ","})


@register.filter
def thousands(value: float | None) -> str:
    """130 472; the words "not known" where the number is not known."""
    return _("not known") if value is None else _number(value, 0)


@register.filter
def euros(value: Decimal | float | None) -> str:
    """1 371 €, with cents only when there are some; the words "not known" where the sum is not known."""
    if value is None:
        return _("not known")
    written = _number(value, 0 if value == int(value) else 2)
    return f"€{written}" if _language() == "en" else f"{written}{HARD}€"


@register.filter
def side_name(value: str) -> str:
    """The side's name in the reader's language; Kaikukeskus's is its own."""
    if value == "kaikukeskus":
        return "Kaikukeskus"
    return str(Side(value).label) if value in Side.values else value
