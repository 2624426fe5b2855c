"""Tell the writings apart: what is Chinese at all, and which characters only Simplified Chinese writes."""

import re
from functools import cache

from opencc import OpenCC

from marketplace.web.language import to_hant

# Han characters and the full-width marks that go with them; ¥, ·, ℃ and dashes belong to everybody.
_CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
# Converted when alone, but Traditional writes them too: 只有、凱里、佣金、斗門、批准、麻涌、濃郁、熏製、防霉.
_BOTH = frozenset("只里佣斗准涌郁熏霉")


def has_chinese(text: str) -> bool:
    return _CHINESE.search(text) is not None


@cache
def _is_simplified_only(character: str) -> bool:
    is_converted = to_hant(character) != character
    return is_converted and _to_simplified().convert(character) == character and character not in _BOTH


def simplified_only(text: str) -> str:
    """Return the characters of a text that nobody writes in Hong Kong."""
    return "".join(one for one in text if has_chinese(one) and _is_simplified_only(one))


@cache
def _to_simplified() -> OpenCC:
    return OpenCC("t2s")
