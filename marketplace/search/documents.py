"""What of a product is indexed, and how much each word weighs."""

from collections.abc import Iterable

from marketplace.kernel.message import Name
from marketplace.search.language import Language, number_tokens
from marketplace.search.ranking import level
from marketplace.search.types import SearchDocument

NAME_WEIGHT = 4.0
LINK_WEIGHT = 2.0
TEXT_WEIGHT = 0.5


def indexed(document: SearchDocument, language: Language) -> dict[str, int]:
    """Turn a document into tokens with their levels; a word of several fields weighs their sum."""
    weights: dict[str, float] = {}

    def add(tokens: Iterable[str], weight: float) -> None:
        for token in tokens:
            weights[token] = weights.get(token, 0.0) + weight

    add(_names((document.name,), language), NAME_WEIGHT)
    add(
        _names((*document.place_names, *document.group_names, *document.cooperative_names), language),
        LINK_WEIGHT,
    )
    for keyword in document.keywords:
        add(language.name_tokens(keyword), LINK_WEIGHT)
    for keyword in document.keywords_en:
        add(language.english_tokens(keyword), LINK_WEIGHT)
    add(number_tokens(document.certificate_numbers), LINK_WEIGHT)
    add(language.text_tokens(document.description), TEXT_WEIGHT)
    add(language.beginnings(document.name.hans), TEXT_WEIGHT)
    return {token: level(weight) for token, weight in weights.items()}


def _names(names: Iterable[Name], language: Language) -> set[str]:
    tokens: set[str] = set()
    for name in names:
        tokens |= language.name_tokens(name.hans) | language.english_tokens(name.en)
    return tokens
