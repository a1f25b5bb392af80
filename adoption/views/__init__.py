"""What do the pages of regions, people and partners show, and which service does each form call?"""

from django.http import HttpRequest

from adoption.models import Person


class Request(HttpRequest):
    """A request of somebody who has signed in: no other reaches these views."""

    user: Person
