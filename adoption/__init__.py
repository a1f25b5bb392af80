"""WHO adopts Kaikukortti: regions, municipalities, people, organisations, partners and the history of their acts."""
