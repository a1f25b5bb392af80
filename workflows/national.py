"""Where is Kaikukortti in use and where is it coming? One paragraph of the whole country, in the form of the slide of
2024 (S3), made from the phases of the municipalities."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from adoption.alphabet import alphabetical
from adoption.models import RegionMunicipality
from adoption.network_list import LANGUAGES
from workflows.overview import COMING, USED

USED_HEADING = {"fi": "Kaikukortti käytössä", "sv": "Kaikukortti i bruk"}
COMING_HEADING = {"fi": "Kaikukortti tulossa kokeiluun", "sv": "Kaikukortti på väg till försök"}
UPDATED = {"fi": "Päivitetty", "sv": "Uppdaterad"}


def national_texts(today: date) -> dict[str, str]:
    """Language → the text, read in one query: those in use, those coming, and the day."""
    listed = RegionMunicipality.objects.filter(phase__in=[*USED, *COMING]).select_related("region", "municipality")
    members = list(listed)
    return {language: _text(members, language, today) for language in LANGUAGES}


def _text(members: Iterable[RegionMunicipality], language: str, today: date) -> str:
    used = _paragraph(USED_HEADING[language], [one for one in members if one.phase in USED], language)
    coming = _paragraph(COMING_HEADING[language], [one for one in members if one.phase in COMING], language)
    day = f"{UPDATED[language]} {today.day}.{today.month}.{today.year}"
    return "\n\n".join(part for part in (used, coming, day) if part)


def _paragraph(heading: str, members: Iterable[RegionMunicipality], language: str) -> str:
    """“Heading: Region: Town, Town; Region: Town.”, regions and towns in the order of the alphabet."""
    regions: dict[str, set[str]] = defaultdict(set)
    for one in members:
        regions[one.region.name_in(language)].add(one.municipality.name_in(language))
    if not regions:
        return ""
    parts = [
        f"{name}: {', '.join(sorted(regions[name], key=alphabetical))}" for name in sorted(regions, key=alphabetical)
    ]
    return f"{heading}: {'; '.join(parts)}."
