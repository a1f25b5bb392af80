"""Which published answers are like what somebody asks or searches for? Words are compared by their beginnings, since
Finnish and Swedish bend the ends."""

import math
import re
from collections import Counter

from adoption.models import SharedAnswer

BEGINNING = 4  # letters that two forms of one word have in common: kortti, kortin; sitoumus, sitoumuksen
SHORTEST = 4  # a shorter word says nothing by itself; one that is searched for may be shorter
NEAR = 0.25  # how much of what is asked an answer has to speak of, a word weighing the more the rarer it is
OFFERED = 3


def beginnings(text: str, shortest: int = SHORTEST) -> set[str]:
    """The beginnings of the words that say something."""
    words = re.findall(r"\w+", text.casefold())
    return {word[:BEGINNING] for word in words if len(word) >= shortest}


def similar(text: str) -> list[SharedAnswer]:
    """The published answers that speak of the same as the text, the nearest first; few, and none rather than any."""
    asked, found = beginnings(text), _published()
    common = Counter(word for _answer, words in found for word in words & asked)
    weight = {word: math.log(1 + len(found) / number) for word, number in common.items()}
    unknown = math.log(2)  # of a word that no answer has: it says that they speak of something else
    whole = sum(weight.get(word, unknown) for word in asked)
    near = [(sum(weight[word] for word in words & asked) / whole, answer) for answer, words in found if words & asked]
    near = [(share, answer) for share, answer in near if share >= NEAR]
    return [answer for _share, answer in sorted(near, key=lambda one: -one[0])[:OFFERED]]


def having(text: str) -> list[SharedAnswer]:
    """The published answers that have every word of the text, or another form of it; all of them for no text."""
    wanted = beginnings(text, shortest=1)
    return [answer for answer, words in _published(shortest=1) if wanted <= words]


def _published(shortest: int = SHORTEST) -> list[tuple[SharedAnswer, set[str]]]:
    found = SharedAnswer.objects.filter(state=SharedAnswer.State.PUBLISHED)
    return [(answer, beginnings(answer.words, shortest)) for answer in found]
