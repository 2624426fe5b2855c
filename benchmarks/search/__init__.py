"""How well the search finds, and how fast: the same tokens, requests and counts for it and for its rivals."""
