"""How well the search finds, and how fast."""
