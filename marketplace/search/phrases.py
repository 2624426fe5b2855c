"""How much and for what price people say that they want, and which characters are goods by themselves.

The words lie in ``query_words.csv``, each with its kind.
"""

import csv
import re
from functools import cache

from marketplace.kernel import paths

_SHORT = 2
_PRICE = r"(\d{1,6})"


@cache
def words_of(kind: str) -> tuple[str, ...]:
    """Return the words of a kind, the longest first."""
    with (paths.CATALOG_DATA / "query_words.csv").open(encoding="utf-8", newline="") as file:
        found = {row["word"] for row in csv.DictReader(file) if row["kind"] == kind}
    return tuple(sorted(found, key=lambda one: (-len(one), one)))


def goods_within(word: str) -> tuple[str, ...]:
    """Return the characters of a word that may be what it is: the last, or either of two.

    Of a longer word only the last says it: an ear of wood is no ear.
    """
    looked_at = word if len(word) <= _SHORT else word[-1:]
    return tuple(one for one in dict.fromkeys(looked_at) if is_good(one))


def is_good(character: str) -> bool:
    """Tell whether a character says which goods are meant: tea does, old and dry do not."""
    return character in words_of("good")


def is_place(word: str) -> bool:
    """Tell whether a word ends like the name of a place."""
    return word.endswith(words_of("place"))


@cache
def quantity() -> re.Pattern[str]:
    """Return what finds how much is wanted."""
    return re.compile(
        rf"(?<![a-z0-9._/-])(?:\d{{1,5}}(?:\.\d{{1,3}})?\s?(?!{_any('not_unit')}){_any('unit')}"
        rf"|{_any('numeral')}{{1,3}}{_any('counted')}){_any('packed')}?(?![a-z0-9])"
    )


@cache
def prices() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what finds a price, each with what it bounds; the first that fits is meant."""
    before, yuan = f"{_any('yuan_before')}?\\s?{_PRICE}", f"\\s?{_any('yuan')}"
    bounds = (
        ("range", rf"{before}(?:{yuan})?\s?{_any('between')}\s?{_PRICE}{yuan}{_any('around')}?"),
        ("most", rf"{before}(?:{yuan})?\s?{_any('at_most')}"),
        ("most", rf"{_any('at_most_before')}\s?{before}(?:{yuan})?"),
        ("least", rf"{before}(?:{yuan})?\s?{_any('at_least')}"),
        ("least", rf"{_any('at_least_before')}\s?{before}(?:{yuan})?"),
        ("around", rf"{before}{yuan}{_any('around')}?"),
        ("around", rf"{_any('yuan_before')}\s?{_PRICE}"),
    )
    return tuple(
        (kind, re.compile(rf"(?<![a-z0-9.])({bound})(?![a-z0-9.]){_any('joins')}?")) for kind, bound in bounds
    )


def _any(kind: str) -> str:
    return "(?:" + "|".join(map(re.escape, words_of(kind))) + ")"
