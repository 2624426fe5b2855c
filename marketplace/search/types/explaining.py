"""How a query is understood and why a product stands where it does."""

from dataclasses import dataclass
from enum import StrEnum

from marketplace.catalogue.types import ProductId


class Reading(StrEnum):
    """How a typed word was read, decided by what the index knows of it."""

    WORD = "word"
    PARTS = "parts"
    PINYIN = "pinyin"
    ENGLISH = "english"
    NUMBER = "number"
    GUESS = "guess"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class QueryWord:
    """One typed word: as typed, as meant (another where a synonym stands for it), and how it was read."""

    typed: str
    meant: str
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """How a query is understood: certification schemes taken out as filters, and the words that are left."""

    scheme_codes: tuple[str, ...] = ()
    words: tuple[QueryWord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenShare:
    """A token of the index that a word matched in a product.

    ``weight`` is the sum of the weights of the fields that carry it, ``rarity`` grows the fewer products have
    it, ``factor`` is 1 where the token is exactly what was typed and less the looser it fits. ``score`` is in
    points: what the token would give alone; of one word's tokens only the best counts.
    """

    token: str
    weight: float
    rarity: float
    factor: float
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WordShare:
    """What one typed word gives a product: tokens, the best first, and the points that count."""

    word: str
    tokens: tuple[TokenShare, ...]
    score: float


class MultiplierKind(StrEnum):
    SALES = "sales"
    SEASON = "season"
    VALIDITY = "validity"
    STOCK = "stock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplier:
    """What the points of all words are multiplied by; 1 changes nothing."""

    kind: MultiplierKind
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a product stands where it does in the answer to a request.

    ``place`` counts from 1 in the order asked for, None where the product is not among the results. ``total``
    is the score: the sum of the words' points times every multiplier. What matches in full stands before what
    fills up, whatever their scores.
    """

    product_id: ProductId
    place: int | None
    words: tuple[WordShare, ...]
    multipliers: tuple[Multiplier, ...]
    total: float
    in_stock: bool
