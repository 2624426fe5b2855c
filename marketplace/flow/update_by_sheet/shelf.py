"""What a cooperative has on its shelf, read once for a whole sheet, and which of it a row means.

A row names an offer by its number, or by goods and pack: the pack as the catalogue writes it, or its weight
(「5斤/件」 is the pack of 2,500 g). Another cooperative's number looks like none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Lot, LotId, Offer, OfferId, Product, ProductId, Variant, VariantId
from marketplace.flow.update_by_sheet.cells import weight_g
from marketplace.flow.update_by_sheet.types import Column, Draft, Kind, Mend, ReadRow, Shown
from marketplace.flow.update_by_sheet.words import key, words
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.spreadsheets import Written
from marketplace.parties.types import PartyId
from marketplace.stock import queries as stock
from marketplace.stock.types import LotStock

_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """A cooperative's standing offers with their goods; lots where they were asked for."""

    offers: Mapping[OfferId, Offer]
    products: Mapping[ProductId, Product]
    variants: Mapping[VariantId, Variant]
    by_product: Mapping[str, Sequence[Offer]]
    lots: Mapping[OfferId, Sequence[Lot]]
    lots_by_code: Mapping[tuple[OfferId, str], Lot]
    held: Mapping[LotId, LotStock]

    def product(self, offer: Offer) -> Product:
        return self.products[offer.product_id]

    def variant(self, offer: Offer) -> Variant:
        return self.variants[offer.variant_id]

    def about(self, offer: Offer) -> tuple[Shown, ...]:
        return (self.product(offer).name, self.variant(offer).pack)

    def find(self, row: ReadRow) -> Offer | Message:
        """Return the offer that a row means, or why it cannot be told."""
        number = row.number_in("offer")
        if number is not None:
            offer = self.offers.get(OfferId(number))
            if offer is None:
                return msg("您没有编号为 %(number)s 的报价。", number=number)
            return offer if self._agrees(offer, row) else self._disagreement(offer)
        return self._by_words(row)

    def find_lot(self, offer: Offer, code: str) -> Lot | None:
        return self.lots_by_code.get((offer.id, key(code)))

    def _by_words(self, row: ReadRow) -> Offer | Message:
        product, pack = row.text("product"), row.text("pack")
        if not product:
            return msg("请填写报价编号，或者商品和规格。")
        found = [one for one in self.by_product.get(key(product), ()) if self._is_pack(one, pack)]
        if not found:
            return msg(
                "没有找到“%(product)s %(pack)s”的报价，请对照导出的表格填写。", product=product, pack=pack
            )
        if len(found) > 1:
            return msg(
                "“%(product)s”有 %(count)s 条报价，请填写规格或报价编号。", product=product, count=len(found)
            )
        return found[0]

    def _is_pack(self, offer: Offer, pack: str) -> bool:
        variant = self.variant(offer)
        if not pack or key(pack) in {key(one) for one in variant.pack if one}:
            return True
        return weight_g(pack, words()) == variant.net_weight_g

    def _agrees(self, offer: Offer, row: ReadRow) -> bool:
        """Tell whether number and words mean the same: columns sorted apart from each other do not."""
        product = row.text("product")
        names = {key(one) for one in self.product(offer).name if one}
        return (not product or key(product) in names) and self._is_pack(offer, row.text("pack"))

    def _disagreement(self, offer: Offer) -> Message:
        return msg(
            "编号 %(number)s 是“%(product)s %(pack)s”，和这一行的商品、规格对不上。",
            number=offer.id,
            product=self.product(offer).name,
            pack=self.variant(offer).pack,
        )


def offer_of(shelf: Shelf, row: ReadRow, draft: Draft) -> Offer | None:
    """Return the offer that a row means; a problem of the row where it cannot be told, a mend of its pack."""
    found = shelf.find(row)
    if isinstance(found, Message):
        draft.refuse(row, "offer" if row.number_in("offer") is not None else "product", found)
        return None
    pack, known = row.text("pack"), shelf.variant(found).pack
    if pack and key(pack) not in {key(one) for one in known if one}:
        draft.mends.append(
            Mend(row=row.number, column=draft.reading.headings["pack"], before=pack, after=known)
        )
    return found


def read_shelf(session: Session, cooperative_id: PartyId, *, with_lots: bool = False) -> Shelf:
    """Read a cooperative's shelf in as many statements as there are kinds of things on it."""
    found = catalogue.offers_of_cooperative(session, cooperative_id, per_page=_ALL).items
    products = catalogue.products_by_id(session, {one.product_id for one in found})
    by_product: dict[str, list[Offer]] = {}
    for one in found:
        for name in {key(name) for name in products[one.product_id].name if name}:
            by_product.setdefault(name, []).append(one)
    lots = catalogue.lots_of_offers(session, [one.id for one in found]) if with_lots else {}
    return Shelf(
        offers={one.id: one for one in found},
        products=products,
        variants=catalogue.variants_by_id(session, {one.variant_id for one in found}),
        by_product=by_product,
        lots=lots,
        lots_by_code={(one.offer_id, key(one.code)): one for several in lots.values() for one in several},
        held=stock.lots_by_id(session, [one.id for several in lots.values() for one in several]),
    )


def lot_column() -> Column:
    """Return the column by which a row names its lot."""
    return Column(
        code="lot",
        name=words().names["lot"],
        kind=Kind.CODE,
        help=msg("写在箱子上的那个号。"),
        example="DEMO-1103",
        is_needed=True,
    )


def offer_columns() -> tuple[Column, ...]:
    """Return the columns by which a row names its offer."""
    names = words().names
    return (
        Column(
            code="offer",
            name=names["offer"],
            kind=Kind.COUNT,
            help=msg("导出的表格里有；填了商品和规格，可以不填。"),
            example=None,
        ),
        Column(
            code="product",
            name=names["product"],
            kind=Kind.TEXT,
            help=msg("商品名。"),
            example=msg("演示商品"),
        ),
        Column(
            code="pack",
            name=names["pack"],
            kind=Kind.TEXT,
            help=msg("和商品页上一样，或者写净重，例如 5斤/件、2.5kg×4。"),
            example=msg("5斤/件"),
        ),
    )


def offer_cells(shelf: Shelf, offer: Offer) -> list[Written | Name]:
    return [offer.id, shelf.product(offer).name, shelf.variant(offer).pack]
