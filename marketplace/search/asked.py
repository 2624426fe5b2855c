"""What was asked, counted in the process until the counts are written: a search itself never writes.

Nothing counted says by whom. What looks like a telephone number, an address or a document's number is not
counted at all, and one reader counts once an hour for the same words.
"""

import re
import secrets
import threading
import unicodedata
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from marketplace.kernel import time
from marketplace.search.language import normalise
from marketplace.search.types import AskedKey, Outcome

MOST_CHARACTERS = 40
_MOST_TYPED = 200
_MOST_KEPT = 5_000
_MOST_READERS = 50_000
_GAPS = re.compile(r"[\s\-\u2010-\u2015_.·()/+]+")
# Telephone, identity and certificate numbers, in figures or in characters.
_LONG_NUMBER, _NINE = 6, 9
_CODE = re.compile(r"[a-z][-_./]?\d{4}")
_ADDRESS = re.compile(r"@|://|\bwww\.")


def countable(typed: str) -> str | None:
    """Return what is counted of what was typed; None where it may be about a person, or says nothing.

    Width, case and script are folded and gaps made single; longer than 40 characters is cut.
    """
    folded = normalise(typed[:_MOST_TYPED])
    printed = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in folded)
    words = " ".join(printed.split())
    if not any(one.isalnum() for one in words):
        return None
    if _ADDRESS.search(words) or _CODE.search(words) or _has_long_number(words):
        return None
    return words[:MOST_CHARACTERS].strip()


def _has_long_number(words: str) -> bool:
    """Tell whether six figures stand in a row, in whatever script, however they are parted."""
    run = 0
    for one in _GAPS.sub("", words):
        run = run + 1 if 0 <= unicodedata.numeric(one, -1) <= _NINE else 0
        if run == _LONG_NUMBER:
            return True
    return False


class AskedBuffer:
    """Counts of one process, bounded; what does not fit any more is not counted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[AskedKey] = Counter()
        self._readers: set[int] = set()
        self._hour: datetime | None = None
        self._salt = secrets.token_hex(16)

    def note(self, query: str, language: str, outcome: Outcome, *, reader: str) -> bool:
        """Count a query once for a reader and hour; returns whether it is the first of those not yet taken.

        ``reader`` only tells readers apart within the hour: of it a salted hash stays in memory, no longer.
        """
        now = time.now()
        hour = now.replace(minute=0, second=0, microsecond=0)
        with self._lock:
            if hour != self._hour or len(self._readers) >= _MOST_READERS:
                self._hour, self._salt = hour, secrets.token_hex(16)
                self._readers.clear()
            reading = hash((self._salt, reader, query))
            key = AskedKey(time.business_day(now), query, language, outcome)
            if reading in self._readers or (key not in self._counts and len(self._counts) >= _MOST_KEPT):
                return False
            is_first = not self._counts
            self._readers.add(reading)
            self._counts[key] += 1
            return is_first

    def take(self) -> Mapping[AskedKey, int]:
        """Hand out the counts and begin anew."""
        with self._lock:
            taken, self._counts = self._counts, Counter()
        return taken
