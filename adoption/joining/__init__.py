"""Two rows turn out to be one: organisations, partners and people are joined, and their history stays whole."""
