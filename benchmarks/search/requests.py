"""Some 220 requests of ten kinds, drawn from what the corpus holds: typed text, understood clauses, filters.

What was typed is understood once, by the project's own code, before any engine is asked; how long that takes
is reported beside the engines, it is the same for all of them.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from opencc import OpenCC

from benchmarks.search.corpus import SEED, Corpus
from marketplace.search.language import ENGLISH, INITIALS, NUMBER, PINYIN, Language
from marketplace.search.lexicon import make_language
from marketplace.search.port import Clause
from marketplace.search.typed import BEGINNING, GUESSED
from marketplace.search.types import PRICE_BANDS_FEN, Facet, Sort
from marketplace.search.understanding import understand
from marketplace.search.vocabulary import Vocabulary, pack

PER_KIND = 22
PER_PAGE = 24
YES = "1"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TRIES = 4_000
_SORTS = (Sort.SALES, Sort.PRICE_ASC, Sort.PRICE_DESC, Sort.NEWEST)


class Kind(StrEnum):
    COMMON = "one term, common"
    RARE = "one term, rare"
    SEVERAL = "two or three terms"
    TRADITIONAL = "Traditional"
    PINYIN = "pinyin"
    PREFIX = "prefix"
    TYPO = "typing error"
    BROWSE = "browse: filter and sort"
    BROWSE_FACETS = "browse, all facets"
    TEXT_FACETS = "text, filters, all facets"


WITH_FACETS = frozenset({Kind.BROWSE_FACETS, Kind.TEXT_FACETS})


@dataclass(frozen=True, slots=True)
class Ask:
    """One page asked of every engine; several values of a facet are alternatives, prices in fen."""

    kind: Kind
    typed: str = ""
    clauses: tuple[Clause, ...] = ()
    chosen: Mapping[Facet, tuple[str, ...]] = field(default_factory=dict)
    price_min_fen: int | None = None
    price_max_fen: int | None = None
    sort: Sort = Sort.RELEVANCE

    @property
    def facets(self) -> bool:
        return self.kind in WITH_FACETS

    @property
    def filtered(self) -> tuple[Facet, ...]:
        """Return the facets that have a filter of their own, which their own counts leave out."""
        price = self.price_min_fen is not None or self.price_max_fen is not None
        return tuple(facet for facet in Facet if facet in self.chosen or (facet is Facet.PRICE and price))


@dataclass(frozen=True, slots=True)
class Asked:
    """The requests, others of each kind that wake a fresh process, and CPU microseconds of understanding."""

    asks: tuple[Ask, ...]
    first: tuple[Ask, ...]
    understanding_us: tuple[float, ...]


class _Drawer:
    """Draws what may be typed from the corpus."""

    def __init__(self, of: Corpus, per_kind: int) -> None:
        self.chance = np.random.default_rng([SEED, 3, of.size])
        self.of = of
        self.per_kind = per_kind
        self.language: Language = make_language()[0]
        self.counts = np.bincount(of.tokens, minlength=len(of.vocabulary))
        counted = dict(zip(of.vocabulary, self.counts.tolist(), strict=True))
        self.vocabulary: Vocabulary = pack(counted)
        self.took: list[float] = []
        self._script = OpenCC("s2hk")

    def product(self) -> dict[str, int]:
        return self.of.tokens_of(int(self.chance.integers(self.of.size)))

    def pick(self, words: Sequence[str]) -> str:
        return words[int(self.chance.integers(len(words)))] if words else ""

    def words_of(self, product: Mapping[str, int]) -> list[str]:
        """Return what a person may type of a product: words of its name and links, not single characters."""
        least = min(product.values())
        return sorted(
            one for one, level in product.items() if ":" not in one and len(one) > 1 and level > least
        )

    def understood(self, typed: str) -> tuple[Clause, ...]:
        """Read what was typed as the project does, strictly; nothing where a word of it is not known."""
        began = time.process_time_ns()
        words = understand(typed, self.language, self.vocabulary).words
        took = time.process_time_ns() - began
        clauses = tuple(word.clause for word in words if word.clause is not None)
        if len(clauses) < len(words):
            return ()
        self.took.append(took / 1000)
        return clauses

    # Each of the following returns what somebody typed.

    def common(self) -> str:
        return self._word_between(0.02, 1.0)

    def rare(self) -> str:
        return self._word_between(0.0, max(0.001, 5 / self.of.size))

    def several(self) -> str:
        words = self.words_of(self.product())
        many = min(len(words), int(self.chance.integers(2, 4)))
        return " ".join(self.chance.choice(words, many, replace=False))

    def traditional(self) -> str:
        typed = self.pick(self.words_of(self.product()))
        written = str(self._script.convert(typed))
        return written if written != typed else ""

    def pinyin(self) -> str:
        return self.pick(self._letters(self.product(), self.pick((PINYIN, INITIALS))))

    def prefix(self) -> str:
        kind = self.pick((PINYIN, ENGLISH, NUMBER))
        words = [word for word in self._letters(self.product(), kind) if len(word) > 4]
        word = self.pick(words)
        return word[: max(3, len(word) - int(self.chance.integers(1, 4)))]

    def typo(self) -> str:
        words = [word for word in self._letters(self.product(), PINYIN) if len(word) > 4]
        if not words:
            return ""
        word, place = self.pick(words), int(self.chance.integers(1, 4))
        slip = self.pick(("missing", "changed", "swapped"))
        if slip == "missing":
            return word[:place] + word[place + 1 :]
        if slip == "swapped":
            return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        return word[:place] + self.pick(_LETTERS) + word[place + 1 :]

    def chosen(self, many: int) -> dict[Facet, tuple[str, ...]]:
        """Choose values of some facets, of each as often as products have them."""
        order = self.chance.permutation(len(Facet))
        chosen = {}
        for facet in [list(Facet)[one] for one in order][:many]:
            values = dict.fromkeys(self._value(facet) for _ in range(int(self.chance.integers(1, 3))))
            chosen[facet] = tuple(sorted(values))
        return chosen

    def _value(self, facet: Facet) -> str:
        columns, values = self.of.columns, self.of.values
        if facet in {Facet.KEY_COUNTY, Facet.IN_SEASON, Facet.IN_STOCK}:
            return YES
        if facet is Facet.PRICE:
            return str(int(self.chance.integers(0, len(PRICE_BANDS_FEN) + 1)))
        linked = {Facet.CERTIFICATION: "certificate_codes", Facet.COOPERATIVE: "cooperative_codes"}
        codes = columns[linked.get(facet, facet.value)]
        codes = codes[codes >= 0]
        return values[facet][int(codes[int(self.chance.integers(len(codes)))])]

    def _word_between(self, low: float, high: float) -> str:
        """Pick a word of characters that a share of the products has, at least three of them."""
        while True:
            token = int(self.of.tokens[int(self.chance.integers(len(self.of.tokens)))])
            word, share = self.of.vocabulary[token], self.counts[token] / self.of.size
            if ":" not in word and len(word) > 1 and low <= share <= high and self.counts[token] >= 3:
                return word

    def _letters(self, product: Mapping[str, int], kind: str) -> list[str]:
        return [token.removeprefix(kind) for token in product if token.startswith(kind) and len(token) > 4]


def draw(of: Corpus, per_kind: int = PER_KIND) -> Asked:
    """Draw the requests of a corpus: the same corpus gives the same."""
    drawer = _Drawer(of, per_kind + 1)
    asks = [
        *_texts(drawer, Kind.COMMON, drawer.common, lambda clauses: _plain(clauses, 1)),
        *_texts(drawer, Kind.RARE, drawer.rare, lambda clauses: _plain(clauses, 1)),
        *_texts(drawer, Kind.SEVERAL, drawer.several, lambda clauses: 2 <= len(clauses) <= 4),
        *_texts(drawer, Kind.TRADITIONAL, drawer.traditional, lambda clauses: len(clauses) > 0),
        *_texts(drawer, Kind.PINYIN, drawer.pinyin, lambda clauses: len(clauses) > 0),
        *_texts(drawer, Kind.PREFIX, drawer.prefix, lambda clauses: _wide(clauses, BEGINNING)),
        *_texts(drawer, Kind.TYPO, drawer.typo, lambda clauses: _wide(clauses, GUESSED)),
        *_browses(drawer, Kind.BROWSE),
        *_browses(drawer, Kind.BROWSE_FACETS),
        *_filtered(drawer),
    ]
    last = {ask.kind: number for number, ask in enumerate(asks)}
    return Asked(
        asks=tuple(ask for number, ask in enumerate(asks) if number not in last.values()),
        first=tuple(asks[number] for number in last.values()),
        understanding_us=tuple(drawer.took),
    )


def _texts(
    drawer: _Drawer, kind: Kind, typed_by: Callable[[], str], wanted: Callable[[tuple[Clause, ...]], bool]
) -> Iterator[Ask]:
    found: dict[str, Ask] = {}
    for _ in range(_TRIES):
        typed = typed_by()
        if typed and typed not in found:
            clauses = drawer.understood(typed)
            if clauses and wanted(clauses):
                found[typed] = Ask(kind, typed, clauses)
        if len(found) == drawer.per_kind:
            break
    yield from found.values()


def _browses(drawer: _Drawer, kind: Kind) -> Iterator[Ask]:
    """Yield pages without text: the whole shop first, then one to three filters, some with a price range."""
    for number in range(drawer.per_kind):
        low = int(drawer.chance.integers(10, 60)) * 100 if number % 5 == 4 else None
        yield Ask(
            kind,
            chosen=drawer.chosen(0 if number == 0 else 1 + number % 3),
            price_min_fen=low,
            price_max_fen=None if low is None else low * 4,
            sort=_SORTS[number % len(_SORTS)],
        )


def _filtered(drawer: _Drawer) -> Iterator[Ask]:
    makers = (drawer.common, drawer.several, drawer.common, drawer.rare, drawer.pinyin)
    number = 0
    for _ in range(_TRIES):
        typed = makers[number % len(makers)]()
        clauses = drawer.understood(typed)
        if not clauses:
            continue
        low = int(drawer.chance.integers(10, 60)) * 100 if number % 5 == 4 else None
        yield Ask(
            Kind.TEXT_FACETS,
            typed,
            clauses,
            drawer.chosen(number % 3),
            low,
            None if low is None else low * 4,
            Sort.RELEVANCE if number % 3 else _SORTS[number % len(_SORTS)],
        )
        number += 1
        if number == drawer.per_kind:
            break


def _plain(clauses: tuple[Clause, ...], many: int) -> bool:
    return len(clauses) == many and all(len(clause.tokens) == 1 for clause in clauses)


def _wide(clauses: tuple[Clause, ...], most: float) -> bool:
    """Return whether some alternative is not what was typed but what may have been meant."""
    return any(all(factor <= most for _, factor in clause.tokens) for clause in clauses)
