"""Reading numbers of certificates, whole or their beginning, however they are parted."""

from marketplace.search.language import NUMBER, number_key
from marketplace.search.port import Clause
from marketplace.search.typed import BEGINNING, WORD, Word
from marketplace.search.vocabulary import Vocabulary

_SHORTEST = 4
_MANY_DIGITS = 4


def read_number(typed: str, vocabulary: Vocabulary) -> Word | None:
    """Return the certificates whose number is so or begins so; None where it is no number, or nobody's."""
    looks_so = any(one.isdigit() or one == "-" for one in typed)
    if len(typed) < _SHORTEST or not looks_so:
        return None
    token = NUMBER + number_key(typed)
    found = vocabulary.starting(token)
    if not found:
        return None
    return Word(typed, Clause(tuple((one, WORD if one == token else BEGINNING) for one in found)))


def is_numeric(part: str) -> bool:
    """Tell whether letters beside so many digits spell no word: zp000101 is no pinyin."""
    return sum(one.isdigit() for one in part) >= _MANY_DIGITS
