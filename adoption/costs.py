"""What does Kaikukanta and the site cost each party in a year?"""

from decimal import ROUND_HALF_UP, Decimal

# Euros a resident a party: the one rate that gives both figures of S3, 424 € (Tuusula) and 1 371 € (Keusote),
# with the population of 31.12.2022. For 2025 the slides say "noin tuplaantuvat": an estimate.
RATES = {2024: Decimal("0.01051"), 2025: Decimal("0.02102")}


def share(residents: int, year: int) -> int:
    """The party's share in whole euros: rate of the year times the residents of its participating municipalities."""
    return int((RATES[year] * residents).quantize(Decimal(1), ROUND_HALF_UP))
