"""Who is a person here, and for what is each responsible today."""

from datetime import date, timedelta

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from adoption.models.country import found_by


class PersonManager(BaseUserManager["Person"]):
    """Reads people; `adoption.people` writes them."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """One person who signs in by a code sent to the address. Never deleted: history and tasks refer to the row."""

    class MadeBy(models.TextChoices):
        PEOPLE = "", _("people")
        DEMO = "demo", _("the demo")
        WALK = "walk", _("a walk")

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    title = models.CharField(_("title"), max_length=150, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    language = models.CharField(
        _("language"), max_length=2, default="fi", choices=[("fi", "suomi"), ("sv", "svenska"), ("en", "English")]
    )
    is_kaikukeskus = models.BooleanField(_("works at Kaikukeskus"), default=False)
    is_active = models.BooleanField(default=True)
    made_by = models.CharField(max_length=4, choices=MadeBy, blank=True, default="")
    # The row that this one was joined into: the same person, who signs in by that row's address.
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="joined_from")
    former_names = models.TextField(blank=True, default="")  # names and addresses of rows that were joined into this
    found_by = found_by("name", "email", "former_names")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(joined_to=None) | models.Q(is_active=False), name="joined_person_is_shut"
            )
        ]

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Covers the address, so that a changed one ends every session: only a code sent there opens the next."""
        return salted_hmac(
            "adoption.Person", f"{self.password} {self.email}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.pk])

    @property
    def keys(self) -> set[int]:
        """By which history and confirmations know the person: the own key, and those of rows joined into this one."""
        return {self.pk, *Person.objects.filter(joined_to=self.pk).values_list("pk", flat=True)}

    @property
    def given_name(self) -> str:
        return self.name.split()[0] if self.name else ""


class Side(models.TextChoices):
    """The two sides of a pair, and the others of the local working group, who read and confirm nothing."""

    CULTURE = "culture", _("culture side")
    CARE = "care", _("care side")
    GROUP = "group", _("working group")


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    """Reads of responsibilities that have a name."""

    def current(self, day: date | None = None) -> "ResponsibilityQuerySet":
        """Those in force on the day: begun, and not ended by it."""
        day = day or localdate()
        return self.filter(since__lte=day).filter(models.Q(until=None) | models.Q(until__gt=day))

    def covering(self, municipalities: models.QuerySet | list[int]) -> "ResponsibilityQuerySet":
        """Those of the whole region, or of one of these municipalities."""
        return self.filter(models.Q(municipality=None) | models.Q(municipality__in=municipalities))

    def holders(self) -> "ResponsibilityQuerySet":
        """The responsible persons themselves, without substitutes and the working group."""
        return self.filter(substitute=False).exclude(side=Side.GROUP)

    def lasting(self) -> "ResponsibilityQuerySet":
        """Those of which no end is known: whoever hands over on a day to come holds no place for others."""
        return self.filter(until=None)


class Responsibility(models.Model):
    """A person answers for a side of a region, or of one municipality in it, from a day until a day, which is the
    first one without access."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="responsibilities")
    region = models.ForeignKey("adoption.Region", models.PROTECT, related_name="responsibilities")
    side = models.CharField(_("side"), max_length=8, choices=Side)
    municipality = models.ForeignKey("adoption.Municipality", models.PROTECT, null=True, blank=True)
    substitute = models.BooleanField(_("substitute"), default=False)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        ordering = ["side", "substitute", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(side__in=Side.values), name="known_side"),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")), name="until_after_since"
            ),
        ]
        indexes = [models.Index(fields=["region", "side"], name="responsibility_of_side")]

    def __str__(self) -> str:
        return f"{self.person}: {self.side} / {self.region}"

    @property
    def last_day(self) -> date | None:
        """The last day on which the person may act by it, where its end is known."""
        return self.until and self.until - timedelta(days=1)
