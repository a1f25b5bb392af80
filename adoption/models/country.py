"""Which regions, counties and municipalities there are, and in which phase each municipality is."""

from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from adoption.folding import Folded
from adoption.models.history import Chained


def found_by(*fields: str) -> models.GeneratedField:
    """The column by which the search finds the row. The migration that added it has its index on PostgreSQL."""
    return models.GeneratedField(expression=Folded(*fields), output_field=models.TextField(), db_persist=True)


class Named(models.Model):
    """A name in the three languages of the site."""

    name_fi = models.CharField(max_length=120)
    name_sv = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_in(get_language() or "fi")

    def name_in(self, language: str) -> str:
        return {"sv": self.name_sv, "en": self.name_en}.get(language, self.name_fi)


class County(Named):
    """A wellbeing services county."""

    code = models.CharField(max_length=2, unique=True)
    found_by = found_by("name_fi", "name_sv", "name_en")

    @property
    def languages(self) -> list[str]:
        """The languages of its municipalities: both, where one is bilingual or they have different ones (Language Act
        423/2003, section 6)."""
        known = set(self.municipalities.order_by().values_list("language", flat=True).distinct())
        return [one for one in ("fi", "sv") if any(one in served_in(language) for language in known)]


class Municipality(Named):
    """A municipality of the register, or one outside it, of which code, county and population are not known."""

    class Language(models.TextChoices):
        FINNISH = "fi", _("Finnish-speaking")
        BILINGUAL_FI = "fi_sv", _("bilingual, Finnish-speaking majority")
        BILINGUAL_SV = "sv_fi", _("bilingual, Swedish-speaking majority")
        SWEDISH = "sv", _("Swedish-speaking")
        UNKNOWN = "", _("not known")

    code = models.CharField(max_length=3, unique=True, null=True)
    language = models.CharField(max_length=5, choices=Language, blank=True, default="")
    county = models.ForeignKey(County, models.PROTECT, null=True, related_name="municipalities")
    population_2022 = models.PositiveIntegerField(null=True)
    found_by = found_by("name_fi", "name_sv", "name_en")

    class Meta:
        ordering = ["name_fi"]

    @property
    def languages(self) -> list[str]:
        """The languages in which it is served; both where its language status is not known."""
        return served_in(self.language)


def served_in(language: str) -> list[str]:
    """The languages of a municipality of this language status."""
    return language.split("_") if language else ["fi", "sv"]


class Region(Named, Chained):
    """A Kaikukortti region: one municipality, several, or a whole county's. Its row is the one lock of all its acts."""

    found_by = found_by("name_fi", "name_sv", "name_en")
    slug = models.SlugField(max_length=60, unique=True)
    county = models.ForeignKey(County, models.PROTECT, null=True, related_name="regions")
    municipalities = models.ManyToManyField(Municipality, through="RegionMunicipality", related_name="regions")

    class Meta:
        ordering = ["name_fi"]

    def get_absolute_url(self) -> str:
        return reverse("board", args=[self.slug])


class Phase(models.TextChoices):
    """Where a municipality stands with Kaikukortti."""

    EXPLORING = "exploring", _("exploring")
    PAUSED = "paused", _("paused")
    PREPARATION = "preparation", _("preparation")
    IN_USE = "in_use", _("in use (list of 2024)")
    TRIAL = "trial", _("trial")
    LASTING = "lasting", _("lasting use")
    ENDED = "ended", _("ended")


class RegionMunicipality(models.Model):
    """A municipality in a region: the one owner of its phase."""

    region = models.ForeignKey(Region, models.PROTECT, related_name="members")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="memberships")
    phase = models.CharField(max_length=12, choices=Phase, default=Phase.EXPLORING)
    phase_since = models.DateField()

    class Meta:
        ordering = ["municipality__name_fi"]
        constraints = [
            models.UniqueConstraint(fields=["region", "municipality"], name="municipality_once_in_region"),
            models.CheckConstraint(condition=models.Q(phase__in=Phase.values), name="known_phase"),
        ]

    def __str__(self) -> str:
        return f"{self.region} / {self.municipality}: {self.phase}"
