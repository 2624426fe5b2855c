"""Reasons: why a part went to its cooperative and travels as it does, in sentences for people."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from marketplace.kernel.message import Message, msg
from marketplace.kernel.money import format_yuan
from marketplace.places.types import PairingState
from marketplace.routing.rules.frame import Frame
from marketplace.routing.rules.limits import Option
from marketplace.routing.rules.parts import DraftPart
from marketplace.routing.rules.ways import Block, best_block
from marketplace.routing.types import PlanLine, ScoreTerm, Source, Term


def reasons_for(
    frame: Frame, part: DraftPart, block: Block, options: Mapping[int, Sequence[Option]]
) -> tuple[Message, ...]:
    """Say why this cooperative supplies these lines, most weighty first, and how the part travels."""
    return (*_choice(frame, part, options), _way(frame, block))


def _choice(frame: Frame, part: DraftPart, options: Mapping[int, Sequence[Option]]) -> list[Message]:
    first = part.lines[0].source
    told: list[Message] = []
    if first.pairing is PairingState.PAIRED:
        told.append(msg("产地%(county)s与%(city)s结对帮扶", county=first.county, city=frame.destination.city))
    elif first.pairing is PairingState.UNCONFIRMED:
        told.append(
            msg("产地%(county)s与%(city)s的结对待确认", county=first.county, city=frame.destination.city)
        )
    if first.key_county:
        told.append(msg("%(county)s是国家乡村振兴重点帮扶县", county=first.county))
    rivals = _rivals(part, options)
    if not rivals:
        told.append(msg("目前只有这家合作社能按时供应"))
        return told
    if all(line.source.price_fen <= _cheapest(line.line_no, options) for line in part.lines):
        told.append(msg("在 %(count)s 家可供货的合作社中价格最低", count=len(rivals) + 1))
    if all(first.share_bp < rival.share_bp for rival in rivals):
        told.append(msg("近30天接单较少，按公平份额优先"))
    return told or [msg("综合价格、运费、结对和公平份额最优")]


def terms_told(part: DraftPart, lines: Sequence[PlanLine]) -> tuple[Message, ...]:
    """Say which of an offer's terms made the price: freight inside it, a step of its ladder, a pre-sale."""
    told: list[Message] = []
    for drafted, line in zip(part.lines, lines, strict=True):
        source, quantity = drafted.source, drafted.quantity
        if line.freight_inside_fen:
            told.append(msg("已包邮：价格里含运费 %(freight)s", freight=format_yuan(line.freight_inside_fen)))
        if source.unit_price(quantity) < source.price_fen:
            told.append(
                msg("订 %(count)s 件，按阶梯价每件 %(price)s", count=quantity, price=_asked(source, quantity))
            )
        if source.presale_on is not None:
            told.append(msg("预售：%(day)s 采收后发出", day=source.presale_on.isoformat()))
    return tuple(told)


def _asked(source: Source, quantity: int) -> str:
    return format_yuan(source.unit_price(quantity))


def _rivals(part: DraftPart, options: Mapping[int, Sequence[Option]]) -> list[Source]:
    """Return the other cooperatives' sources that could have supplied one of the part's lines."""
    found: dict[int, Source] = {}
    for line in part.lines:
        for option in options[line.line_no]:
            for source, _ in option.supplied:
                if source.cooperative_id != part.cooperative_id:
                    found.setdefault(source.cooperative_id, source)
    return [found[key] for key in sorted(found)]


def _cheapest(line_no: int, options: Mapping[int, Sequence[Option]]) -> int:
    return min(source.price_fen for option in options[line_no] for source, _ in option.supplied)


def _way(frame: Frame, block: Block) -> Message:
    if block.warehouse is None:
        return msg("由产地直接发往%(city)s，%(days)s 天送达", city=frame.destination.city, days=block.days)
    if len(block.parts) > 1:
        apart = [best_block(frame, (one,)) for one in block.parts]
        saved = sum(one.freight_fen for one in apart if one is not None) - block.freight_fen
        if saved > 0 and all(one is not None for one in apart):
            return msg(
                "在%(warehouse)s与另外 %(count)s 份货合并配送，共省运费 %(saved)s",
                warehouse=block.warehouse.name,
                count=len(block.parts) - 1,
                saved=format_yuan(saved),
            )
        return msg(
            "在%(warehouse)s与另外 %(count)s 份货合并配送",
            warehouse=block.warehouse.name,
            count=len(block.parts) - 1,
        )
    return msg("经%(warehouse)s配送，%(days)s 天送达", warehouse=block.warehouse.name, days=block.days)


_WORSE = {
    Term.PRICE: msg("次选方案的货款多 %(amount)s"),
    Term.FREIGHT: msg("次选方案的运费多 %(amount)s"),
    Term.DISTANCE: msg("次选方案的运输距离更远"),
    Term.PARTS: msg("次选方案要分成更多包裹"),
    Term.WAITING: msg("次选方案送达更晚"),
    Term.FRESHNESS: msg("次选方案送达时不如这个方案新鲜"),
    Term.PAIRING: msg("次选方案的产地与收货城市没有结对"),
    Term.KEY_COUNTY: msg("次选方案的产地不是重点帮扶县"),
    Term.FAIR_SHARE: msg("次选方案的合作社近30天接单更多"),
}


def why_not(winner: Sequence[ScoreTerm], other: Sequence[ScoreTerm]) -> Message:
    """Say by which term the runner-up lost most."""
    behind = {term.term: term.amount_fen for term in other}
    for term in winner:
        behind[term.term] -= term.amount_fen
    worst = max(Term, key=lambda term: behind[term])  # the first named of equals
    if behind[worst] <= 0:
        return msg("次选方案与这个方案不相上下")
    return replace(_WORSE[worst], parameters={"amount": format_yuan(behind[worst])})
