"""One order walks the whole way: found, bought, split, routed, handed over in the cold, received, counted.

The story in one test, through the use cases on real PostgreSQL with the real SDK against the sandbox.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from marketplace.assistance import queries as assistance
from marketplace.assistance import rules as counting
from marketplace.assistance.types import Dimension, Table
from marketplace.assistance.verification import verify
from marketplace.basket import service as baskets
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Product, ProductId
from marketplace.custody import queries as custody
from marketplace.custody.types import (
    Consignment,
    CustodyEvidence,
    Decision,
    HandOffDraft,
    Holder,
    HolderKind,
    Readings,
    SignatureDraft,
    SignatureMethod,
    WaybillEventKind,
)
from marketplace.flow import accept_order, checkout, complete, deliver, hand_over, share_order, sign_in, trace
from marketplace.flow.refund import RefundWish, refund
from marketplace.flow.start_payment import start_payment
from marketplace.kernel import time, unit_of_work
from marketplace.kernel.time import FixedClock
from marketplace.notices import queries as notices
from marketplace.orders import queries as orders
from marketplace.orders.types import Address, Contact, FulfilmentState, Order, OrderState
from marketplace.parties import queries as parties
from marketplace.parties.types import Person
from marketplace.payment.types import Processor, Redirect
from marketplace.places.types import DivisionCode, PairingState
from marketplace.routing import queries as routing
from marketplace.search.types import Facet, SearchRequest
from marketplace.settlement import verification as ledger
from marketplace.stock import queries as stock
from tests.web.conftest import follow_search
from tests.web.shop import RED_KIWI, SWEET_RICE, ZHENPIN_NUMBER, Shop

T = TypeVar("T")

PHONE = "+85251234567"
CHANCHENG = DivisionCode("440604")
FOSHAN_PAIR_LABEL = "佛山—黔东南"


class Walk:
    """The steps of the story, each a use case in a transaction of its own."""

    def __init__(self, app: Flask, clock: FixedClock) -> None:
        self.app = app
        self.clock = clock

    def write(self, use_case: Callable[[Session], T]) -> T:
        with self.app.extensions["sessions"]() as session:
            return unit_of_work.commit(session, use_case)

    def read(self, query: Callable[[Session], T]) -> T:
        with self.app.extensions["sessions"]() as session:
            return query(session)

    def drain(self) -> None:
        self.app.extensions["drain"]()

    def find(self, query: str, certification: str | None = None) -> list[str]:
        """Search and return the names of what is found, best first."""
        chosen = {Facet.CERTIFICATION: (certification,)} if certification else {}
        request = SearchRequest(at=time.now(), q=query, chosen=chosen)
        page = self.read(lambda session: self.app.extensions["ports"].search.search(session, request))
        documents = {one.id: one for one in self.read(lambda session: _products(session, page.product_ids))}
        return [documents[product].slug for product in page.product_ids]

    def sign_in(self) -> Person:
        """Ask for a code, read it from the demonstration's inbox, sign in with it."""
        self.write(lambda session: sign_in.send_code(session, PHONE))
        said = self.read(lambda session: notices.inbox(session, phone=PHONE).items[0].message)
        code = str(said.parameters["code"])
        signed = self.write(lambda session: sign_in.confirm_code(session, PHONE, code))
        assert signed.person is not None
        return signed.person

    def order(self, person: Person, wanted: list[tuple[str, str, int]]) -> Order:
        """Fill a visitor's basket, take it along at sign-in, see the plan, place, pay."""

        def fill(session: Session) -> str:
            shop = Shop(session)
            basket = baskets.open_for(session, None, None)
            for slug, seller, packs in wanted:
                offer = shop.offer(slug, seller)
                baskets.put(session, basket.id, offer.variant_id, packs, offer_id=offer.id)
            assert basket.token is not None
            return basket.token

        token = self.write(fill)
        basket = self.write(lambda session: baskets.merge(session, token, person.id))
        assert len(basket.lines) == len(wanted)
        seen = self.read(lambda session: checkout.preview(session, basket, CHANCHENG))
        wish = checkout.PlaceWish(
            person_id=person.id,
            unit_id=None,
            contact=Contact(phone=PHONE),
            address=Address(
                recipient="收货人（演示）", phone=PHONE, division_code=CHANCHENG, line="演示路 1 号"
            ),
            basket=basket,
            processor=Processor.SANDBOX,
            fingerprint=seen.fingerprint,
        )
        placed = self.write(lambda session: checkout.place(session, wish, "story-key-1"))
        again = self.write(lambda session: checkout.place(session, wish, "story-key-1"))
        assert again.order.id == placed.order.id
        assert placed.order.total_fen == seen.plan.total_fen
        page = start_payment(self.write, self.app.extensions["ports"].payments, placed.attempt.id)
        assert isinstance(page, Redirect)
        sandbox = self.app.extensions["sandbox"]
        sandbox.pay(page.reference)
        sandbox.pay(page.reference)
        self.drain()
        return self.read(lambda session: orders.get_order(session, placed.order.id))

    def pack(self, order: Order) -> None:
        for part in order.fulfilments:
            mine = [part.cooperative_id]
            self.write(lambda session, mine=mine, part=part: accept_order.accept(session, mine, [part.id]))
            self.write(lambda session, mine=mine, part=part: accept_order.pack(session, mine, [part.id]))

    def loads(self, order: Order) -> list[Consignment]:
        tokens = [part.label_token for part in order.fulfilments]
        return self.read(lambda session: custody.consignments_by_token(session, tokens))

    def hand(self, load: Consignment, giver: str, taker: str, kind: HolderKind, **more: object) -> None:
        """Both sides sign; chilled goods are measured, ambient goods are not."""

        def record(session: Session) -> None:
            shop = Shop(session)
            to = shop.party(taker)
            draft = HandOffDraft(
                consignment_id=load.id,
                to=Holder(kind=kind, party_id=to.id, name=to.name),
                giver=_signed(shop, giver),
                receiver=_signed(shop, taker),
                packages=load.packages,
                **{"readings": _cold(load)} | more,  # type: ignore[arg-type]  # fields by name
            )
            hand_over.record(session, draft)

        self.write(record)

    def express(self, load: Consignment, giver: str, number: str) -> None:
        """Last mile by express: a waybill with 揽收 and 签收."""

        def dispatch(session: Session) -> None:
            draft = HandOffDraft(
                consignment_id=load.id,
                to=Holder(kind=HolderKind.COURIER),
                giver=_signed(Shop(session), giver),
                receiver=None,
                packages=load.packages,
                seal_number=load.seal_number,
                seal_intact=True if load.seal_number else None,
                readings=_cold(load),
            )
            deliver.dispatch(
                session, [deliver.Dispatch(draft=draft, courier="演示快递（演示）", number=number)]
            )

        self.write(dispatch)
        for kind in WaybillEventKind:
            self.clock.advance(timedelta(hours=8))
            now = time.now()
            self.write(lambda session, kind=kind, now=now: deliver.report(session, number, kind, now))

    def table(self, by: Dimension) -> Table:
        period = counting.parse_period("2026")
        return self.read(lambda session: assistance.totals(session, by, period))


def test_one_order_walks_the_whole_way(own_app: Flask, clock: FixedClock) -> None:  # noqa: PLR0915 - one story
    own_app.extensions["pay_in_process"]()
    with own_app.app_context():
        walk = Walk(own_app, clock)
        follow_search(own_app)
        before = {by: walk.table(by).total for by in Dimension}

        # Found: in any script, and by what is certified today.
        assert set(walk.find("獼猴桃")) == set(walk.find("猕猴桃")) >= {RED_KIWI}
        assert walk.find("猕猴桃", certification="zhenpin") == [RED_KIWI]

        # Bought from three cooperatives, held exactly, paid once though the event came twice.
        person = walk.sign_in()
        order = walk.order(
            person,
            [(RED_KIWI, "DEMO-SC", 2), (SWEET_RICE, "DEMO-CJ", 1), (RED_KIWI, "DEMO-SC2", 1)],
        )
        assert order.state is OrderState.PAID
        assert {part.state for part in order.fulfilments} == {FulfilmentState.TO_ACCEPT}
        assert len({line.cooperative_id for line in order.lines}) == 3
        kiwi = next(line for line in order.lines if line.quantity == 2)
        assert ZHENPIN_NUMBER in {proof.number for proof in kiwi.certificates}
        held = walk.read(lambda session: stock.available(session, [line.offer_id for line in order.lines]))
        assert [200 - held[line.offer_id] for line in order.lines] == [line.quantity for line in order.lines]
        decision = walk.read(lambda session: routing.decision(session, order.id))
        assert all(part.reasons for part in decision.parts)

        # Packed and handed over in the cold; one load leaves its range on the road and its lot is held.
        walk.pack(order)
        clock.advance(timedelta(hours=3))
        loads = walk.loads(order)
        for load in loads:
            seller = _code_of(walk, load.sender_id)
            walk.hand(load, seller, "DEMO-CARRIER", HolderKind.CARRIER, seal_number=f"F{load.id}")
        clock.advance(timedelta(hours=20))
        chilled = next(one for one in walk.loads(order) if one.needs_temperature)
        for load in walk.loads(order):
            warehouse = "DEMO-WH-GZ"
            warm = {
                "readings": _warm(load),
                "decision": Decision.ACCEPT_WITH_REMARK,
                "reason": "制冷故障（演示）",
            }
            seal = {"seal_number": load.seal_number, "seal_intact": True}
            more = seal | (warm if load.id == chilled.id else {})
            walk.hand(load, "DEMO-CARRIER", warehouse, HolderKind.WAREHOUSE, **more)
        breaches = walk.read(custody.open_breaches)
        assert {one.lot_id for one in breaches.items} == {content.lot_id for content in chilled.contents}
        for number, load in enumerate(walk.loads(order)):
            walk.express(load, "DEMO-WH-GZ", f"DEMO-YD{number:06}")
        journey = walk.read(lambda session: trace.find_trace(session, chilled.trace_token))
        assert journey is not None
        assert [step.what for step in journey.steps][:2] == ["pick_up", "arrival"]
        assert any(step.breach for step in journey.steps)

        # Received and counted: every table has the same total, however it is split.
        order = walk.write(lambda session: complete.confirm_receipt(session, order.id))
        assert order.state is OrderState.COMPLETED
        evidence = walk.read(lambda session: custody.evidence(session, [line.id for line in order.lines]))
        assert set(evidence.values()) <= {CustodyEvidence.CARRIER_TRACKED, CustodyEvidence.DOUBLE_SIGNED}
        own_app.extensions["run_scheduled"]("assistance.fold")
        for by in Dimension:
            table = walk.table(by)
            for stage in ("ordered_fen", "paid_fen", "completed_fen"):
                grown = getattr(table.total, stage) - getattr(before[by], stage)
                assert grown == order.goods_fen
                assert sum(getattr(row.amounts, stage) for row in table.rows) == getattr(table.total, stage)
                assert sum(getattr(row.amounts, stage) for row in table.states) == getattr(table.total, stage)
        states = {row.key: row.amounts.completed_fen for row in walk.table(Dimension.PAIRING).states}
        rice = next(line for line in order.lines if line.product_slug == SWEET_RICE)
        assert states[PairingState.PAIRED] == rice.goods_fen  # 佛山 pairs with 黔东南, not with 六盘水
        assert states[PairingState.UNPAIRED] == order.goods_fen - rice.goods_fen

        # Shared: the sentence names the pairing.
        shared = walk.read(lambda session: share_order.share(session, order))
        assert any(line.counts and FOSHAN_PAIR_LABEL in str(line.where) for line in shared.lines)

        # Given back in part: the reversal falls into its own month, and everything still proves.
        clock.advance(timedelta(days=10))
        wish = RefundWish(quantities={kiwi.id: 1}, reason="坏果（演示）")
        walk.write(lambda session: refund(session, order.id, wish, "story-refund"))
        walk.drain()
        december = walk.read(
            lambda session: assistance.totals(session, Dimension.MONTH, counting.parse_period("2026-12"))
        )
        assert december.total.completed_fen == -kiwi.unit_price_fen
        assert walk.read(_differences) == []
        assert walk.read(ledger.verify) == []


def _differences(session: Session) -> list[object]:
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return list(verify(session))


def _signed(shop: Shop, code: str) -> SignatureDraft:
    party = shop.party(code)
    return SignatureDraft(name="签收人（演示）", method=SignatureMethod.ACCOUNT, party_id=party.id)


def _cold(load: Consignment) -> Readings:
    if not load.needs_temperature or load.range is None:
        return Readings()
    return Readings(
        surface_min_milli_c=load.range.min_milli_c + 500, surface_max_milli_c=load.range.max_milli_c - 500
    )


def _warm(load: Consignment) -> Readings:
    upper = max(one.limits.excursion_upper_milli_c for one in load.contents if one.limits)
    return Readings(surface_min_milli_c=2000, surface_max_milli_c=upper + 500, core_milli_c=upper)


def _code_of(walk: Walk, party_id: int) -> str:
    return walk.read(lambda session: parties.get_party(session, party_id).code)


def _products(session: Session, ids: Sequence[ProductId]) -> list[Product]:
    return list(catalogue.products_by_id(session, ids).values())
