"""Words that may not stand in what sellers write, as the catalogue's files have them; read once."""

import csv
from functools import cache

from marketplace.kernel import paths

HIGHEST, CURING, LEADS_OUT = "ad_law_9", "ad_law_17", "leads_out"


@cache
def words() -> tuple[tuple[str, str], ...]:
    """Return each word with its reason: 广告法第9条, 第17条, or that it leads out of the shop."""
    with (paths.CATALOG_DATA / "unfit_words.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["word"], row["reason"]) for row in csv.DictReader(file))
