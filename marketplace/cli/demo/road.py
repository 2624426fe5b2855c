"""The way of the goods: packed, handed over in the cold, through a cloud warehouse, by express."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session

from marketplace.cli.demo.cast import Cast, Member
from marketplace.cli.demo.shopping import Bought
from marketplace.cli.demo.stage import Stage
from marketplace.custody import queries as custody
from marketplace.custody.types import (
    Consignment,
    ConsignmentId,
    Decision,
    HandOffDraft,
    Holder,
    HolderKind,
    Readings,
    SignatureDraft,
    SignatureMethod,
    WaybillEventKind,
)
from marketplace.flow import accept_order, complete, deliver, hand_over, regroup_loads
from marketplace.flow.refund import RefundWish, refund
from marketplace.kernel import time
from marketplace.kernel.refusals import Refusal
from marketplace.orders import queries as orders
from marketplace.orders.types import Fulfilment, FulfilmentId, OrderId
from marketplace.parties.types import PartyId
from marketplace.reviews import service as reviews

_BREACH = 0.06
_DECLINE = 0.012
_CONFIRMS = 0.75
_REFUNDS = 0.05
_REVIEWS = 0.3
_COURIER = "演示快递（演示）"
_WORDS = (
    "果子新鲜，包装结实。（演示）",
    "味道很好，会再买。（演示）",
    "到得快，冰袋还没化。（演示）",
    "",
    "",
)

Step = Callable[[], None]


@dataclass(slots=True)
class Road:
    """What is still to happen, day by day, and who does it."""

    stage: Stage
    cast: Cast
    steps: dict[date, list[Step]] = field(default_factory=lambda: defaultdict(list))
    waybills: int = 0

    def plan(self, bought: Bought, day: date) -> None:
        """Put the cooperatives' work for an order on the days it is due."""
        for part in bought.order.fulfilments:
            due = max(day, part.ships_on)
            self.steps[due].append(partial(self._pack, part.id, bought))

    def play(self, day: date) -> None:
        """Do what is due, in the order in which it was planned; what that causes may be due the same day."""
        while self.steps.get(day):
            self.steps[day].pop(0)()
            self.stage.pass_minutes(1)
        self.steps.pop(day, None)

    def _later(self, days: int, step: Step) -> None:
        self.steps[time.today() + timedelta(days=days)].append(step)

    def _pack(self, part_id: FulfilmentId, bought: Bought) -> None:
        part = self._part(part_id)
        seller = self.cast.cooperatives[int(part.cooperative_id)]
        if self.stage.chance.random() < _DECLINE:
            self.stage.write(
                lambda session: accept_order.decline(
                    session, [part.cooperative_id], part.id, reason="连日下雨，未能采摘（演示）"
                )
            )
            self.stage.drain()
            return
        try:
            load = self.pack(part)
        except Refusal:  # its lot was taken out of sale meanwhile: the cooperative cannot supply
            mine = [PartyId(part.cooperative_id)]
            self.stage.write(
                lambda session: accept_order.decline(session, mine, part.id, reason="该批次停售（演示）")
            )
            self.stage.drain()
            return
        if part.warehouse_id is None:
            self._express(load, seller, bought)
        else:
            self._pick_up(load, seller, part, bought)

    def pack(self, part: Fulfilment) -> Consignment:
        """Let the cooperative accept and pack its part; return the load under the label."""
        mine = [PartyId(part.cooperative_id)]
        self.stage.write(lambda session: accept_order.accept(session, mine, [part.id]))
        self.stage.write(lambda session: accept_order.pack(session, mine, [part.id]))
        return self._load(part.label_token)

    def _pick_up(self, load: Consignment, seller: Member, part: Fulfilment, bought: Bought) -> None:
        carrier = self.stage.chance.choice(self.cast.carriers)
        self.hand(load, seller, carrier, HolderKind.CARRIER, seal=f"F{load.id:06}")
        self._later(1, lambda: self._arrive(load.id, carrier, part, bought))

    def _arrive(self, load_id: ConsignmentId, carrier: Member, part: Fulfilment, bought: Bought) -> None:
        assert part.warehouse_id is not None
        keeper = self.cast.warehouses[int(part.warehouse_id)]
        load = self.stage.read(lambda session: custody.get_consignment(session, load_id))
        is_breach = (
            load.needs_temperature and self.stage.chance.random() < _BREACH and not _must_refuse_warm(load)
        )
        self.hand(load, carrier, keeper, HolderKind.WAREHOUSE, seal=load.seal_number, is_breach=is_breach)
        order = self.stage.read(lambda session: orders.get_order(session, bought.order.id))
        parcel = [one for one in order.fulfilments if one.shipment_no == part.shipment_no]
        loads = [
            one
            for one in self.stage.read(
                lambda session: custody.consignments_by_token(session, [one.label_token for one in parcel])
            )
            if one.holder.party_id == part.warehouse_id
        ]
        if len(loads) < len([one for one in parcel if one.state not in {"declined", "cancelled"}]):
            return  # the rest of the parcel is still on its way
        together = loads[0] if len(loads) == 1 else self._put_together(loads, keeper)
        self._later(0, lambda: self._express(together, keeper, bought))

    def _put_together(self, loads: Sequence[Consignment], keeper: Member) -> Consignment:
        return self.stage.write(
            lambda session: regroup_loads.put_together(
                session,
                [one.id for one in loads],
                _sign(keeper),
                packages=1,
                seal_number=f"Y{loads[0].id:06}",
            )
        )

    def _express(self, load: Consignment, giver: Member, bought: Bought) -> None:
        self.waybills += 1
        number = f"DEMO-YD{self.waybills:08}"
        draft = HandOffDraft(
            consignment_id=load.id,
            to=Holder(kind=HolderKind.COURIER),
            giver=_sign(giver),
            receiver=None,
            packages=load.packages,
            seal_number=load.seal_number,
            seal_intact=True if load.seal_number else None,
            readings=self._measure(load, is_breach=False),
        )
        dispatched = deliver.Dispatch(draft=draft, courier=_COURIER, number=number)
        self.stage.write(lambda session: deliver.dispatch(session, [dispatched]))
        self._report(number, WaybillEventKind.COLLECTED)
        self._later(self.stage.chance.choice((1, 1, 2)), lambda: self._deliver(number, bought))

    def _deliver(self, number: str, bought: Bought) -> None:
        self._report(number, WaybillEventKind.SIGNED)
        if self.stage.chance.random() < _CONFIRMS:
            self._later(self.stage.chance.choice((0, 1, 1, 2)), lambda: self._receive(bought))

    def _receive(self, bought: Bought) -> None:
        order_id = bought.order.id
        order = self.stage.read(lambda session: orders.get_order(session, order_id))
        arrived = [part.id for part in order.fulfilments if part.state == "delivered"]
        if not arrived:
            return
        self.stage.write(lambda session: complete.confirm_receipt(session, order_id, arrived))
        if self.stage.chance.random() < _REFUNDS:
            self._later(1, lambda: self._give_back(order_id))
        elif self.stage.chance.random() < _REVIEWS:
            self._review(bought, arrived)

    def _give_back(self, order_id: OrderId) -> None:
        """One pack was spoilt: its money goes back."""
        order = self.stage.read(lambda session: orders.get_order(session, order_id))
        line = self.stage.chance.choice(order.lines)
        if line.refundable_quantity < 1:
            return
        operator = self.stage.chance.choice(self.cast.operators)
        wish = RefundWish(quantities={line.id: 1}, reason="坏果（演示）", person_id=operator.person.id)
        self.stage.write(lambda session: refund(session, order_id, wish, f"demo-refund-{line.id}"))
        self.stage.drain()

    def _review(self, bought: Bought, arrived: Sequence[FulfilmentId]) -> None:
        """Say something of what has just arrived: what came before may have its review."""
        order = self.stage.read(lambda session: orders.get_order(session, bought.order.id))
        line = next((one for one in order.lines if one.fulfilment_id in arrived), None)
        if line is None:
            return
        rating, words = self.stage.chance.choice((5, 5, 4, 4, 3)), self.stage.chance.choice(_WORDS)
        self.stage.write(
            lambda session: reviews.write_review(
                session, line.id, bought.buyer.person.id, rating=rating, text=words
            )
        )

    def hand(
        self,
        load: Consignment,
        giver: Member,
        taker: Member,
        kind: HolderKind,
        *,
        seal: str | None,
        is_breach: bool = False,
    ) -> None:
        """Let one side give a load and the other take it, both signed, measured where the goods need it."""
        assert taker.party is not None
        draft = HandOffDraft(
            consignment_id=load.id,
            to=Holder(kind=kind, party_id=taker.party.id, name=taker.party.name),
            giver=_sign(giver),
            receiver=_sign(taker),
            decision=Decision.ACCEPT_WITH_REMARK if is_breach else Decision.ACCEPT,
            reason="途中制冷故障，已复测（演示）" if is_breach else None,
            packages=load.packages,
            seal_number=seal,
            seal_intact=True,
            plate="贵A·演示01" if kind is HolderKind.CARRIER else None,
            readings=self._measure(load, is_breach=is_breach),
        )
        self.stage.write(lambda session: hand_over.record(session, draft))

    def _measure(self, load: Consignment, *, is_breach: bool) -> Readings:
        """Measure three points of the surface: within the band, or a little above what it bears."""
        band = load.range
        if not load.needs_temperature or band is None:
            return Readings()
        width = band.max_milli_c - band.min_milli_c  # none where packs that travel together share one degree
        low = band.min_milli_c + width * self.stage.chance.randint(20, 45) // 100
        high = band.min_milli_c + width * self.stage.chance.randint(50, 85) // 100
        if not is_breach:
            return Readings(surface_min_milli_c=low // 100 * 100, surface_max_milli_c=high // 100 * 100)
        upper = min(one.limits.excursion_upper_milli_c for one in load.contents if one.limits is not None)
        too_warm = upper + self.stage.chance.randint(2, 9) * 100
        return Readings(
            surface_min_milli_c=low // 100 * 100, surface_max_milli_c=too_warm, core_milli_c=too_warm - 300
        )

    def _report(self, number: str, kind: WaybillEventKind) -> None:
        now = time.now()
        self.stage.write(lambda session: deliver.report(session, number, kind, now, courier=_COURIER))

    def _part(self, part_id: FulfilmentId) -> Fulfilment:
        return self.stage.read(lambda session: orders.get_fulfilment(session, part_id))

    def _load(self, token: str) -> Consignment:
        return self.stage.read(lambda session: custody.consignment_by_token(session, token))


def _must_refuse_warm(load: Consignment) -> bool:
    """Meat and fish that are too warm may not be taken with a remark; the demonstration keeps theirs cold."""
    return any(
        one.limits is not None and one.limits.reject_above_milli_c is not None for one in load.contents
    )


def _sign(member: Member) -> SignatureDraft:
    assert member.party is not None
    return SignatureDraft(
        name=member.person.display_name,
        method=SignatureMethod.ACCOUNT,
        party_id=member.party.id,
        person_id=member.person.id,
        phone=member.person.phone,
    )


def decide_breaches(session: Session, operator: Member, before: date) -> int:
    """Let an operator decide what was held before a day: released after a look; returns how many lots."""
    found = [
        one
        for one in custody.open_breaches(session, per_page=100).items
        if time.business_day(one.found_at) < before
    ]
    lots = sorted({one.lot_id for one in found})
    for lot_id in lots:
        hand_over.decide_lot(session, lot_id, operator.person.id, "复检合格，放行（演示）", release=True)
    return len(lots)
