"""When freight weighs too much on a price, and what would lighten it: by the rate card, not by a feeling."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from marketplace.catalogue.types import StorageKind, Variant, VariantId
from marketplace.freight.book import RateBook
from marketplace.freight.types import Leg
from marketplace.kernel.money import Fen
from marketplace.places.types import DivisionCode

BASIS = 10_000
HEAVY_BP = 4_000
"""Freight to Guangzhou beyond 40 percent of the price is flagged."""

MOST_PACKS = 20
"""So many packs in one order are looked at; few buyers take more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What freight is of a price: packs in one order, both amounts in fen, and the part in basis points."""

    quantity: int
    goods_fen: Fen
    freight_fen: Fen

    @property
    def bp(self) -> int:
        return self.freight_fen * BASIS // self.goods_fen

    @property
    def is_heavy(self) -> bool:
        return self.freight_fen * BASIS > self.goods_fen * HEAVY_BP


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPack:
    """Another pack of the same goods that freight weighs less on, at the middle of its band."""

    variant: Variant
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """An offer that freight weighs on too much, with what would help; empty help is an answer too."""

    now: Share
    more_packs: Share | None
    other_pack: OtherPack | None
    price_needed_fen: Fen


def cheapest_fee(
    book: RateBook, prefecture_code: DivisionCode, city_code: DivisionCode, kind: StorageKind, weight_g: int
) -> Fen | None:
    """Return the least that a parcel costs, direct or through a cloud warehouse; None where none goes."""
    fees: list[int] = []
    direct = book.price(Leg.DIRECT, prefecture_code, city_code, kind, weight_g)
    if direct is not None:
        fees.append(direct.fee_fen)
    for one in book.reaching(city_code):
        haul = book.price(Leg.LINE_HAUL, prefecture_code, one.code, kind, weight_g)
        last = book.price(Leg.LAST_MILE, one.code, city_code, kind, weight_g)
        if haul is not None and last is not None:
            fees.append(haul.fee_fen + last.fee_fen)
    return Fen(min(fees)) if fees else None


def burden(
    amount: Callable[[int], Fen],
    minimum: int,
    fee: Callable[[int], Fen | None],
    variant: Variant,
    packs: Sequence[Variant],
) -> Burden | None:
    """Say whether freight weighs too much on the least that can be ordered, and what would help.

    ``amount`` gives the price of so many packs, ``fee`` the freight of so many grams; ``packs`` are all packs
    of the goods.
    """
    now = _share(amount, fee, minimum, variant.net_weight_g)
    if now is None or not now.is_heavy:
        return None
    quantities = range(minimum + 1, max(minimum, MOST_PACKS) + 1)
    shares = (_share(amount, fee, quantity, variant.net_weight_g) for quantity in quantities)
    return Burden(
        now=now,
        more_packs=next((one for one in shares if one is not None and not one.is_heavy), None),
        other_pack=_other(fee, variant, packs),
        price_needed_fen=Fen(-(-now.freight_fen * BASIS // (HEAVY_BP * minimum))),
    )


def _share(
    amount: Callable[[int], Fen], fee: Callable[[int], Fen | None], quantity: int, weight_g: int
) -> Share | None:
    freight = fee(weight_g * quantity)
    if freight is None:
        return None
    return Share(quantity=quantity, goods_fen=amount(quantity), freight_fen=freight)


def _other(fee: Callable[[int], Fen | None], variant: Variant, packs: Sequence[Variant]) -> OtherPack | None:
    found: dict[VariantId, OtherPack] = {}
    for one in packs:
        middle = Fen((one.price_low_fen + one.price_high_fen) // 2)
        freight = fee(one.net_weight_g)
        if one.id != variant.id and freight is not None:
            share = Share(quantity=1, goods_fen=middle, freight_fen=freight)
            if not share.is_heavy:
                found[one.id] = OtherPack(variant=one, share=share)
    return min(found.values(), key=lambda one: (one.variant.net_weight_g, one.variant.id), default=None)
