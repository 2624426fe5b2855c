"""What of a product is indexed, and how much each word weighs."""

from marketplace.search.language import Language, Shares, english_tokens, number_tokens
from marketplace.search.ranking import level
from marketplace.search.types import SearchDocument

NAME_WEIGHT = 4.0
KEYWORD_WEIGHT = 2.0
LINK_WEIGHT = 2.0
TEXT_WEIGHT = 0.5
BEGINNING_WEIGHT = 0.05  # asked for by suggestions only
_ALONE = 1.25


def indexed(document: SearchDocument, language: Language) -> dict[str, int]:
    """Turn a document into tokens with their levels (``ranking.level``).

    Fields add up; within a field the best counts: ten keywords that say 茶叶 do not make it ten times tea.
    """
    weights: dict[str, float] = {}

    def add(weight: float, *found: Shares) -> None:
        best: dict[str, float] = {}
        for shares in found:
            for token, share in shares.items():
                best[token] = max(share, best.get(token, 0.0))
        for token, share in best.items():
            weights[token] = weights.get(token, 0.0) + weight * share

    add(
        NAME_WEIGHT,
        language.name_shares(document.name.hans, document.name_pinyin),
        _english(document.name.en),
    )
    add(
        KEYWORD_WEIGHT,
        *(language.keyword_shares(keyword) for keyword in document.keywords),
        *(_english(keyword) for keyword in document.keywords_en),
    )
    links = (*document.place_names, *document.group_names, *document.cooperative_names)
    add(
        LINK_WEIGHT,
        *(language.keyword_shares(name.hans) for name in links),
        *(_english(name.en) for name in links),
        dict.fromkeys(number_tokens(document.certificate_numbers), 1.0),
    )
    add(TEXT_WEIGHT, dict.fromkeys(language.text_tokens(document.description), 1.0))
    add(BEGINNING_WEIGHT, dict.fromkeys(language.beginnings(document.name.hans), 1.0))
    return {token: level(weight) for token, weight in weights.items()}


def _english(text: str) -> Shares:
    """A word that is all of a keyword says more than one of several: potato, and sweet potato."""
    tokens = english_tokens(text)
    return dict.fromkeys(tokens, _ALONE if len(tokens) == 1 else 1.0)
