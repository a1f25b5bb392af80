"""Does the site speak Finnish and Swedish completely, and is what is compiled what is written?"""

import re
from pathlib import Path

import pytest
from django.conf import settings

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def entries(language: str) -> list[tuple[str, list[str], str]]:
    """(msgid, translations, flags) of each entry of the catalogue."""
    text = (Path(settings.BASE_DIR) / "config/locale" / language / "LC_MESSAGES/django.po").read_text()
    found = []
    for block in text.split("\n\n")[1:]:
        said = {key: "".join(re.findall(r'"(.*)"', lines)) for key, lines in fields(block)}
        if "msgid" in said and not block.startswith("#~"):
            found.append((said["msgid"], [v for k, v in said.items() if k.startswith("msgstr")], block))
    return found


def fields(block: str) -> list[tuple[str, str]]:
    return re.findall(r'^(msg\w+(?:\[\d\])?) ((?:".*"\n?)+)', block, re.MULTILINE)


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_text_is_translated_and_none_is_a_guess(language):
    catalogue = entries(language)
    assert len(catalogue) > 1000
    assert [msgid for msgid, said, _block in catalogue if not all(said)] == []
    assert [msgid for msgid, _said, block in catalogue if ", fuzzy" in block] == []


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_translations_keep_the_placeholders(language):
    wrong = [
        msgid
        for msgid, said, block in entries(language)
        if "msgid_plural" not in block
        and any(set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(msgid)) for text in said)
    ]
    assert wrong == []
