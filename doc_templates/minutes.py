"""How are the shipped templates of minutes made? Their text in three languages; `doc_templates.build` sets it as DOCX.

The fields are those of `samples.MINUTES`. The chart of a survey is put before the paragraph that says it in words
(`doc_templates/chart.py`), in a template of Kaikukeskus's own as well.
"""

from types import SimpleNamespace
from typing import Any

TITLES = {"fi": "Muistio", "sv": "Protokoll", "en": "Minutes"}
RUNNING_HEAD = "{{ title }}, {{ held_on }}"

# In each text: what the document is, the facts at its head, its parts, the columns of its tables.
_TEXTS: dict[str, dict[str, Any]] = {
    "fi": {
        "notice": "MALLI – ei Kaikukeskuksen virallinen pohja",
        "front": """
Päivä: {{ held_on }}
Aika: {{ time }}
Paikka: {{ place }}
Muistion kirjasi: {{ written_by }}
""",
        "agenda": "Asialista",
        "attendance": "Läsnäolijat",
        "present": "Kokoukseen osallistui {{ present }} henkilöä, joista kutsuttuja {{ came }}.",
        "said": "Keskustelu",
        "decisions": "Päätökset",
        "none": "Ei kirjattu.",
        "points": "Sovitut tehtävät",
        "survey": "Kysely kumppaneille",
        "answered": "Kutsuttuja oli {{ survey.asked }}, vastanneita {{ survey.answered }}. Vastaukset ovat nimettömiä. "
        "Asteikko: 1 = täysin eri mieltä, 5 = täysin samaa mieltä.",
        "words": "Mikä esti tai vaikeutti, mitä pitäisi muuttaa?",
        "tables": {
            "attendees": ("Läsnäolijat", "Nimi", "Taho"),
            "points": ("Sovitut tehtävät", "Tehtävä", "Kuka", "Mihin mennessä"),
            "survey": ("Kyselyn vastaukset", "Väittämä", "Keskiarvo", "Vastauksia"),
        },
    },
    "sv": {
        "notice": "MODELL – inte Kaikukeskus officiella mall",
        "front": """
Datum: {{ held_on }}
Tid: {{ time }}
Plats: {{ place }}
Protokollfört av: {{ written_by }}
""",
        "agenda": "Föredragningslista",
        "attendance": "Närvarande",
        "present": "I mötet deltog {{ present }} personer, av vilka {{ came }} var inbjudna.",
        "said": "Diskussion",
        "decisions": "Beslut",
        "none": "Inget antecknat.",
        "points": "Överenskomna uppgifter",
        "survey": "Enkät till partnerna",
        "answered": "{{ survey.answered }} av {{ survey.asked }} inbjudna svarade på enkäten. Svaren är anonyma. "
        "Skala: 1 = helt av annan åsikt, 5 = helt av samma åsikt.",
        "words": "Vad hindrade eller försvårade, och vad borde ändras?",
        "tables": {
            "attendees": ("Närvarande", "Namn", "Instans"),
            "points": ("Överenskomna uppgifter", "Uppgift", "Vem", "Senast"),
            "survey": ("Svaren på enkäten", "Påstående", "Medeltal", "Svar"),
        },
    },
    "en": {
        "notice": "SAMPLE – not an official template of Kaikukeskus",
        "front": """
Date: {{ held_on }}
Time: {{ time }}
Place: {{ place }}
Minutes taken by: {{ written_by }}
""",
        "agenda": "Agenda",
        "attendance": "Attendance",
        "present": "{{ present }} people took part, {{ came }} of them invited.",
        "said": "Discussion",
        "decisions": "Decisions",
        "none": "Nothing was recorded.",
        "points": "Points agreed on",
        "survey": "Survey to the partners",
        "answered": "{{ survey.answered }} of the {{ survey.asked }} invited answered. The answers are anonymous. "
        "Scale: 1 = disagree entirely, 5 = agree entirely.",
        "words": "What hindered, and what should change?",
        "tables": {
            "attendees": ("Attendance", "Name", "For"),
            "points": ("Points agreed on", "Point", "Who", "By when"),
            "survey": ("Answers to the survey", "Statement", "Mean", "Answers"),
        },
    },
}

_BODY = """
{{%p if agenda %}}
# {agenda}
{{%p for a in agenda %}}
{{{{ a.text }}}}
{{%p endfor %}}
{{%p endif %}}
# {attendance}
{{%p if present %}}
{present}
{{%p endif %}}
{{%p if not present %}}
{none}
{{%p endif %}}
{{%p if attendees %}}
[attendees]
{{%p endif %}}
# {said}
{{%p for s in said %}}
{{{{ s.text }}}}
{{%p endfor %}}
{{%p if not said %}}
{none}
{{%p endif %}}
# {decisions}
{{%p for d in decisions %}}
{{{{ d.text }}}}
{{%p endfor %}}
{{%p if not decisions %}}
{none}
{{%p endif %}}
{{%p if points %}}
# {points}
[points]
{{%p endif %}}
{{%p if has_survey %}}
# {survey}
{answered}
! {{{{ survey.chart_words }}}}
[survey]
{{%p if survey.texts %}}
#### {words}
{{%p for t in survey.texts %}}
- {{{{ t.text }}}}
{{%p endfor %}}
{{%p endif %}}
{{%p endif %}}
"""


def text_in(language: str) -> SimpleNamespace:
    """The text as `build` reads that of the commitments: notice, facts at the head, body and tables."""
    said = _TEXTS[language]
    return SimpleNamespace(
        NOTICE=said["notice"], RUNNING_HEAD=RUNNING_HEAD, SUBTITLE="{{ subtitle }}", FRONTS={"minutes": said["front"]},
        BODIES={"minutes": _BODY.format(**said)}, TABLES=_tables(said["tables"]),
    )  # fmt: skip


def _tables(words: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, str, list[tuple[str, int, list[str]]]]]:
    """Name → (list, description, columns), as of the commitments."""
    people, name, whose = words["attendees"]
    points, what, who, until = words["points"]
    survey, statement, mean, count = words["survey"]
    numbers = [(str(number), 8, [f"#p.{field}"]) for number, field in enumerate(NUMBERS, 1)]
    return {
        "attendees": ("attendees", people, [(name, 45, ["**p.name"]), (whose, 55, ["p.whose"])]),
        "points": ("points", points, [(what, 52, ["p.text"]), (who, 28, ["**p.who"]), (until, 20, ["p.until"])]),
        "survey": ("survey.questions", survey, [
            (statement, 36, ["p.text"]), *numbers, (mean, 13, ["#p.mean"]), (count, 11, ["#p.answers"]),
        ]),
    }  # fmt: skip


NUMBERS = ("ones", "twos", "threes", "fours", "fives")
