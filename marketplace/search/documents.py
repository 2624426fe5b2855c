"""What of a product is indexed, and how much each word weighs."""

from functools import lru_cache

from marketplace.kernel.message import Name
from marketplace.search.language import BEGINNING, Language, Shares, english_tokens, number_tokens
from marketplace.search.ranking import level
from marketplace.search.types import SearchDocument

NAME_WEIGHT = 4.0
KEYWORD_WEIGHT = 2.0
LINK_WEIGHT = 2.0
TEXT_WEIGHT = 0.5
BEGINNING_WEIGHT = 0.05  # asked for by suggestions only
_ALONE = 1.25
_KEPT_TEXTS = 16_384


def indexed(document: SearchDocument, language: Language) -> dict[str, int]:
    """Turn a document into tokens with their levels (``ranking.level``).

    Fields add up; within a field the best counts: ten keywords that say 茶叶 do not make it ten times tea.
    """
    weights: dict[str, float] = {}
    links = (*document.place_names, *document.group_names, *document.cooperative_names)
    fields = (
        (NAME_WEIGHT, language.name_shares(document.name.hans, document.name_pinyin)),
        (NAME_WEIGHT, _english((document.name.en,))),
        (KEYWORD_WEIGHT, language.keywords_shares(document.keywords)),
        (KEYWORD_WEIGHT, _english(document.keywords_en)),
        (LINK_WEIGHT, language.keywords_shares(tuple(name.hans for name in links))),
        (LINK_WEIGHT, _english(tuple(name.en for name in links))),
        (LINK_WEIGHT, dict.fromkeys(number_tokens(document.certificate_numbers), 1.0)),
        (TEXT_WEIGHT, dict.fromkeys(language.text_tokens(document.description), 1.0)),
        (BEGINNING_WEIGHT, _beginnings(document.name, language)),
    )
    for weight, shares in fields:
        for token, share in shares.items():
            weights[token] = weights.get(token, 0.0) + weight * share
    return {token: level(weight) for token, weight in weights.items()}


def _beginnings(name: Name, language: Language) -> Shares:
    return {BEGINNING + one: 1.0 for one in language.beginnings(name.hans, name.en)}


@lru_cache(_KEPT_TEXTS)
def _english(texts: tuple[str, ...]) -> Shares:
    """A word that is all of a keyword says more than one of several: potato, and sweet potato."""
    shares: dict[str, float] = {}
    for tokens in map(english_tokens, texts):
        share = _ALONE if len(tokens) == 1 else 1.0
        for token in tokens:
            if shares.get(token, 0.0) < share:
                shares[token] = share
    return shares
