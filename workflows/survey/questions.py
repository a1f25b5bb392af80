"""What does the survey ask? Four statements and one question, few enough for two minutes on a phone."""

from django.utils.translation import gettext_lazy as _

STATEMENTS = {
    "went": _("Kaikukortti has worked well with us."),
    "known": _("Our staff know what to do with Kaikukortti."),
    "supported": _("We have had enough support from the responsible persons."),
    "goes_on": _("We want to go on with Kaikukortti."),
}
SCORES = {
    5: _("5, agree entirely"),
    4: _("4, agree mostly"),
    3: _("3, neither agree nor disagree"),
    2: _("2, disagree mostly"),
    1: _("1, disagree entirely"),
}
CANNOT_SAY = _("I cannot say")
IN_OWN_WORDS = _("What hindered, and what should change?")
LONGEST = 1000  # characters of the own words
