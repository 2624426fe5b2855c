"""Cards as ready pieces of a page, kept in the process as long as nothing that stands on them has changed.

A piece depends on the product as the search knows it (another object as soon as a change row speaks of it,
its offers, its certificates, or of stock that ran out or came back), on the language, the city, the hour
(cut-off hours move the day of arrival), the rates, the atlas and the newest edition. Whatever else there
is, no piece is older than a minute, as no page in the page cache is.
"""

import threading
import time as wall
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import current_app, get_template_attribute, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import ProductId
from marketplace.freight import queries as freight
from marketplace.kernel import time
from marketplace.places import queries as places
from marketplace.web import delivery, language
from marketplace.web.page_cache import OLDEST_SECONDS
from marketplace.web.storefront.cards import cards_of, goods_of

_BOUND_BYTES = 32 * 2**20
_PIECE_BYTES = 400  # what a piece costs beside its text
_FIRST_SCREEN = 4
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A card, with what it was made of: objects whose identity says that they are still the same."""

    html: Markup
    made_of: tuple[object, ...]
    good_until: float

    @property
    def cost(self) -> int:
        return len(self.html) * 2 + _PIECE_BYTES


class CardPieces:
    """Pieces of one process, bounded in bytes, the least used thrown away first; threads share them."""

    def __init__(self, bound: int = _BOUND_BYTES) -> None:
        self._bound = bound
        self._bytes = 0
        self._kept: OrderedDict[Key, _Piece] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def kept_bytes(self) -> int:
        """Return about how much memory the pieces hold."""
        return self._bytes

    def find(self, keys: Iterable[tuple[Key, tuple[object, ...]]]) -> list[Markup | None]:
        """Return the pieces that are still good, None in the place of others."""
        now = wall.monotonic()
        found: list[Markup | None] = []
        with self._lock:
            for key, made_of in keys:
                piece = self._kept.get(key)
                if piece is None or piece.good_until < now or not _is_same(piece.made_of, made_of):
                    found.append(None)
                else:
                    self._kept.move_to_end(key)
                    found.append(piece.html)
        return found

    def keep(self, key: Key, made_of: tuple[object, ...], html: Markup) -> None:
        piece = _Piece(html, made_of, wall.monotonic() + OLDEST_SECONDS)
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = piece
            self._bytes += piece.cost - (before.cost if before else 0)
            while self._bytes > self._bound:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= dropped.cost


def card_pieces(
    session: Session, product_ids: Sequence[ProductId], first_screen: int = _FIRST_SCREEN
) -> list[Markup]:
    """Return the cards of products in their order as HTML; without a statement where all are kept.

    The pictures of so many first ones are seen at once and fetched before the others.
    """
    goods = goods_of(session, product_ids)
    ids = [one for one in product_ids if one in goods]
    around = (language.current(), delivery.chosen_city().code, int(time.now().timestamp()) // 3600)
    world = (places.atlas(session), freight.rate_book(session), catalogue.listed_in(session))
    keys = [((one, place < first_screen, *around), (goods[one], *world)) for place, one in enumerate(ids)]
    pieces: CardPieces = current_app.extensions.setdefault("card_pieces", CardPieces())
    found = pieces.find(keys)
    missing = [place for place, html in enumerate(found) if html is None]
    cards = cards_of(session, [goods[ids[place]].product for place in missing]) if missing else []
    draw = get_template_attribute("components/card.html", "product_card")
    for place, card in zip(missing, cards, strict=True):
        html = draw(card, url_for("storefront.product", slug=card.slug), place < first_screen)
        pieces.keep(*keys[place], html)
        found[place] = html
    return [html for html in found if html is not None]


def _is_same(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    return all(one is other for one, other in zip(before, now, strict=True))
