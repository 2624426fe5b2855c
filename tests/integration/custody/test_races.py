"""Two carriers reach for one load at the same moment: one has it, the other is told who."""

import threading

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from marketplace.custody import queries
from marketplace.custody.types import Consignment, HandOffDraft
from marketplace.flow import complete, hand_over
from marketplace.kernel import unit_of_work
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.time import FixedClock, clock_in_force
from marketplace.orders import queries as orders
from marketplace.parties.types import Party
from tests.factories.custody import hand_off_draft, holder, make_carrier, make_load, make_warehouse, pass_on
from tests.factories.orders import make_ground


@pytest.mark.parametrize("rivals", [4])
def test_a_load_is_taken_once_whoever_races(engine: Engine, clock: FixedClock, rivals: int) -> None:
    def prepare(session: Session) -> tuple[Consignment, list[Party]]:
        make_ground(session)
        return make_load(session), [make_carrier(session, f"车队 {one}（演示）") for one in range(rivals)]

    with Session(engine, expire_on_commit=False) as session:
        load, carriers = unit_of_work.commit(session, prepare)
    start = threading.Barrier(rivals)
    won: list[str] = []
    refused: list[str] = []

    def reach(draft: HandOffDraft) -> None:
        with clock_in_force(clock), Session(engine) as session:
            start.wait()
            try:
                won.append(unit_of_work.commit(session, lambda inner: hand_over.record(inner, draft)).number)
            except Refusal as refusal:
                refused.append(refusal.code)

    drafts = [hand_off_draft(load, holder(one)) for one in carriers]
    racers = [threading.Thread(target=reach, args=(draft,)) for draft in drafts]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert len(won) == 1
    assert refused == ["wrong_holder"] * (rivals - 1)
    with Session(engine) as session:
        assert len(queries.journey(session, load.id).hand_offs) == 1


def test_a_receipt_and_a_delivery_at_once_end_in_one_receipt(engine: Engine, clock: FixedClock) -> None:
    def prepare(session: Session) -> tuple[Consignment, int]:
        make_ground(session)
        load, warehouse = make_load(session), make_warehouse(session)
        pass_on(session, load, warehouse)
        part = orders.get_fulfilment(session, load.contents[0].fulfilment_id)
        return queries.get_consignment(session, load.id), part.order_id

    with Session(engine, expire_on_commit=False) as session:
        load, order_id = unit_of_work.commit(session, prepare)
        carrier = unit_of_work.commit(session, make_carrier)
    start = threading.Barrier(2)
    failed: list[BaseException] = []

    def act(what: str) -> None:
        with clock_in_force(clock), Session(engine) as session:
            start.wait()
            try:
                if what == "receipt":
                    unit_of_work.commit(session, lambda inner: complete.confirm_receipt(inner, order_id))
                else:
                    draft = hand_off_draft(load, holder(carrier))
                    unit_of_work.commit(session, lambda inner: hand_over.record(inner, draft))
            except Refusal:
                pass
            except BaseException as error:  # noqa: BLE001 - whatever it is fails the test below
                failed.append(error)

    racers = [threading.Thread(target=act, args=(what,)) for what in ("receipt", "hand_over")]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert failed == []
    with Session(engine) as session:
        journey = queries.journey(session, load.id)
        assert journey.consignment.state == "received"
        assert queries.verify(session).changed == ()
        assert len(journey.hand_offs) in {2, 3}
