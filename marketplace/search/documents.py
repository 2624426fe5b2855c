"""What of a product is indexed, and how much each word weighs."""

from collections.abc import Iterable

from marketplace.kernel.message import Name
from marketplace.search.language import Language, number_tokens
from marketplace.search.port import IndexedProduct
from marketplace.search.types import SearchDocument

NAME_WEIGHT = 4.0
LINK_WEIGHT = 2.0
TEXT_WEIGHT = 0.5


def indexed(document: SearchDocument, language: Language) -> IndexedProduct:
    """Turn a document into weighted tokens; a word of several fields weighs their sum."""
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
    return IndexedProduct(int(document.product_id), weights)


def _names(names: Iterable[Name], language: Language) -> set[str]:
    tokens: set[str] = set()
    for name in names:
        tokens |= language.name_tokens(name.hans) | language.english_tokens(name.en)
    return tokens
