"""What a buyer's order did, in the words of the picture they may share; honest where it is not counted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.assistance import queries as record
from marketplace.assistance.types import Stage
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.money import format_yuan
from marketplace.orders.types import Order, OrderLine, OrderLineId, OrderState
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.places.types import PairingId, PairingState
from marketplace.reviews.refusals import NotYetReceived


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLine:
    """One line of the picture: the goods of one pairing, or of none; ``counts`` under a confirmed one."""

    goods: Message
    amount_fen: int
    counts: bool
    where: Message

    @property
    def sentence(self) -> Message:
        """Say it whole: 「从江香禾糯 ¥86，计入佛山—黔东南消费帮扶」."""
        return msg(
            "%(goods)s %(amount)s，%(where)s",
            goods=self.goods,
            amount=format_yuan(self.amount_fen).removesuffix(".00"),
            where=self.where,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The facts of the picture; nothing in it says who bought."""

    order_number: str
    completed_at: datetime
    lines: tuple[ShareLine, ...]

    @property
    def total_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    @property
    def title(self) -> Message:
        return msg("你这一单：%(first)s", first=self.lines[0].sentence)


def share(session: Session, order: Order) -> Share:
    """Say what a completed order did, a line for each pairing. Refuses (NotYetReceived)."""
    amounts: dict[tuple[PairingState, PairingId | None], dict[OrderLineId, int]] = defaultdict(
        lambda: defaultdict(int)
    )
    for entry in record.entries_of_order(session, order.id):
        if entry.stage is Stage.COMPLETED:
            amounts[entry.pairing_state, entry.pairing_id][entry.order_line_id] += entry.amount_fen
    lines = {line.id: line for line in order.lines}
    atlas = places.atlas(session)
    found = [
        _line(state, pairing_id, [(lines[one], fen) for one, fen in parts.items() if fen], atlas)
        for (state, pairing_id), parts in amounts.items()
        if any(parts.values())
    ]
    if order.state is not OrderState.COMPLETED or order.completed_at is None or not found:
        raise NotYetReceived
    return Share(
        order_number=order.number,
        completed_at=order.completed_at,
        lines=tuple(sorted(found, key=lambda line: (not line.counts, -line.amount_fen))),
    )


def _line(
    state: PairingState, pairing_id: PairingId | None, parts: Sequence[tuple[OrderLine, int]], atlas: Atlas
) -> ShareLine:
    largest_first = [line for line, _ in sorted(parts, key=lambda part: (-part[1], part[0].no))]
    return ShareLine(
        goods=_goods(largest_first),
        amount_fen=sum(fen for _, fen in parts),
        counts=state is PairingState.PAIRED,
        where=_where(state, pairing_id, largest_first[0], atlas),
    )


def _goods(lines: Sequence[OrderLine]) -> Message:
    first = lines[0].product_name
    if len(lines) == 1:
        return msg("%(name)s", name=first)
    return msg("%(name)s等 %(count)s 种", name=first, count=len(lines))


def _where(state: PairingState, pairing_id: PairingId | None, line: OrderLine, atlas: Atlas) -> Message:
    pairing = next((one for one in atlas.pairings if one.id == pairing_id), None)
    if pairing is not None:
        names: dict[str, Name] = {
            "city": atlas.division(pairing.gd_code).short_name,
            "prefecture": atlas.division(pairing.gz_code).short_name,
        }
        if state is PairingState.PAIRED:
            return msg("计入%(city)s—%(prefecture)s消费帮扶", **names)
        return msg("%(city)s—%(prefecture)s结对待确认，确认后计入消费帮扶", **names)
    if state is PairingState.HK_MACAO:
        return msg("送往港澳，单独统计，不计入结对帮扶")
    origin = atlas.division(line.county_code).short_name
    return msg("%(county)s与收货城市没有结对，不计入结对帮扶", county=origin)
