"""What goods cost delivered, for cards: the same sources, limits and score as a plan for that one line."""

from collections.abc import Sequence

from marketplace.catalogue.rules import price_per_500g
from marketplace.kernel.money import Fen
from marketplace.routing.rules.frame import Frame
from marketplace.routing.rules.inside import price_lines
from marketplace.routing.rules.limits import REASONS, Solo, try_source
from marketplace.routing.types import PriceWithFreight, Reason, Source


def price_offers(frame: Frame, sources: Sequence[Source], quantity: int | None = None) -> PriceWithFreight:
    """Price one variant: the offer that a plan for ``quantity`` packs would choose.

    Without a quantity it is the least that can be had. Where nobody can supply it, the answer says why and
    shows the offer that came closest, the cheapest first.
    """
    wanted = quantity or min(source.minimum for source in sources)
    tried = [(source, try_source(frame, source, 1, wanted)) for source in sources]
    solos = [one for _, one in tried if isinstance(one, Solo)]
    if solos:
        return _priced(frame, min(solos, key=lambda one: one.rank), wanted)
    failed = [(source, one) for source, one in tried if isinstance(one, Reason)]
    source, reason = min(
        failed, key=lambda pair: (-REASONS.index(pair[1]), pair[0].price_fen, pair[0].offer_id)
    )
    return _refused(source, reason, wanted)


def _priced(frame: Frame, solo: Solo, quantity: int) -> PriceWithFreight:
    source = solo.line.source
    told = price_lines(frame, [solo.line], solo.block.freight_fen)[0]
    unit = source.unit_price(quantity)
    return PriceWithFreight(
        offer_id=source.offer_id,
        variant_id=source.variant_id,
        product_id=source.product_id,
        cooperative_id=source.cooperative_id,
        quantity=quantity,
        price_fen=unit,
        freight_fen=told.beside_fen,
        total_fen=Fen(unit * quantity + told.beside_fen),
        arrives_on=solo.block.arrives_on,
        unit_price_fen_per_500g=Fen(price_per_500g(unit, source.weight_g)),
        problem=None,
        freight_inside_fen=told.inside_fen,
        packs_on=solo.line.packing[0].packs_on,
        cut_off_hour=source.cut_off_hour,
        ladder=source.ladder,
        free_freight_fen=source.free_freight_fen,
        presale_on=source.presale_on,
    )


def _refused(source: Source, reason: Reason, quantity: int) -> PriceWithFreight:
    return PriceWithFreight(
        offer_id=source.offer_id,
        variant_id=source.variant_id,
        product_id=source.product_id,
        cooperative_id=source.cooperative_id,
        quantity=quantity,
        price_fen=source.unit_price(quantity),
        freight_fen=Fen(0),
        total_fen=source.amount(quantity),
        arrives_on=None,
        unit_price_fen_per_500g=Fen(price_per_500g(source.price_fen, source.weight_g)),
        problem=reason,
    )


def best_of(priced: Sequence[PriceWithFreight]) -> PriceWithFreight:
    """Choose which pack a product's card shows: one that can be ordered, the cheapest a pack."""
    return min(
        priced, key=lambda one: (one.problem is not None, one.price_fen, one.total_fen, one.variant_id)
    )
