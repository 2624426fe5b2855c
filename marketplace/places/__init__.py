"""Places: administrative divisions of both provinces and the two regions, pairings, tiles and distances."""
