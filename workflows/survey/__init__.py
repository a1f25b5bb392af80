"""How did the year go, by the region's partners? A short anonymous survey before a feedback meeting."""
