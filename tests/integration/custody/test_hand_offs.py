"""The road on the real database: signed hand-offs, a closed chain, conserved packs, held lots."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from marketplace.catalogue.types import TemperatureRange
from marketplace.custody import queries, rules, service
from marketplace.custody.refusals import (
    BadMoment,
    CannotRegroup,
    MustRefuse,
    NoSuchPass,
    NotConserved,
    NothingHeld,
    NotUnderWay,
    ReasonNeeded,
    SealNotChecked,
    SignatureMissing,
    TemperatureImplausible,
    TemperatureMissing,
    UnknownConsignment,
    UnknownWaybill,
    WaybillOutOfOrder,
    WaybillTaken,
    WrongHolder,
    WrongPackages,
    WrongSigner,
)
from marketplace.custody.types import (
    BreachCause,
    ConsignmentState,
    CustodyEvidence,
    Decision,
    HandOffKind,
    Holder,
    HolderKind,
    Readings,
    SignatureMethod,
    WaybillEventKind,
)
from marketplace.flow import complete, deliver, hand_over, regroup_loads
from marketplace.kernel import time
from marketplace.kernel.time import FixedClock
from marketplace.notices import queries as notices
from marketplace.orders import queries as orders
from marketplace.orders.types import FulfilmentState
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, PartyId, Role
from marketplace.stock import queries as stock
from marketplace.transparency import queries as transparency
from marketplace.transparency import service as log
from tests.factories.catalogue import make_product, make_variant
from tests.factories.custody import (
    COOL,
    WARM,
    driver,
    everything_of,
    hand_off_draft,
    holder,
    make_carrier,
    make_load,
    make_loads,
    make_warehouse,
    pass_on,
    send_by_express,
    signed_by,
)
from tests.factories.orders import make_ground, make_sold_offer
from tests.factories.parties import make_member, make_person


@pytest.fixture(autouse=True)
def ground(session: Session, clock: FixedClock) -> FixedClock:
    make_ground(session)
    return clock


def _range(low: int, high: int) -> TemperatureRange:
    return TemperatureRange(min_milli_c=low, max_milli_c=high)


def _cooperative(session: Session, party_id: PartyId) -> Party:
    return parties.get_party(session, party_id)


def test_a_packed_part_is_a_load_in_its_cooperatives_hands(session: Session) -> None:
    load = make_load(session)
    assert load.state is ConsignmentState.WAITING
    assert load.holder.kind is HolderKind.COOPERATIVE
    assert load.holder.party_id == load.sender_id
    assert load.quantity == 1
    assert load.needs_temperature
    assert queries.consignment_by_token(session, load.label_token) == load
    assert [one.id for one in queries.waiting(session).items] == [load.id]
    with pytest.raises(UnknownConsignment):
        queries.consignment_by_token(session, load.trace_token)


def test_both_sign_and_the_carrier_has_it(session: Session) -> None:
    load, carrier = make_load(session), make_carrier(session)
    made = pass_on(session, load, carrier, plate="粤A00000")
    assert made.kind is HandOffKind.PICK_UP
    assert made.is_double_signed
    assert made.decision is Decision.ACCEPT
    assert made.place_code == "522633"
    after = queries.get_consignment(session, load.id)
    assert after.holder == holder(carrier)
    assert after.state is ConsignmentState.ON_THE_ROAD
    part = orders.get_fulfilment(session, load.contents[0].fulfilment_id)
    assert part.state is FulfilmentState.IN_TRANSIT
    assert queries.get_hand_off(session, made.number) == made
    assert [one.id for one in queries.in_custody(session, party_ids=[carrier.id]).items] == [load.id]


def test_the_whole_way_is_double_signed(session: Session, ground: FixedClock) -> None:
    load, carrier, warehouse = make_load(session), make_carrier(session), make_warehouse(session)
    line = load.contents[0].order_line_id
    assert queries.evidence(session, [line]) == {line: CustodyEvidence.NONE}
    pass_on(session, load, carrier)
    assert queries.evidence(session, [line]) == {line: CustodyEvidence.CARRIER_TRACKED}
    ground.advance(timedelta(hours=12))
    pass_on(session, load, warehouse)
    ground.advance(timedelta(hours=1))
    send_by_express(session, load, "DEMO-1")
    ground.advance(timedelta(hours=1))
    deliver.report(session, "DEMO-1", WaybillEventKind.COLLECTED, time.now())
    ground.advance(timedelta(hours=10))
    arrived = deliver.report(session, "DEMO-1", WaybillEventKind.SIGNED, time.now())
    assert arrived is not None
    assert arrived.kind is HandOffKind.DELIVERY
    part = orders.get_fulfilment(session, load.contents[0].fulfilment_id)
    assert part.state is FulfilmentState.DELIVERED
    assert queries.evidence(session, [line]) == {line: CustodyEvidence.DOUBLE_SIGNED}
    complete.confirm_receipt(session, part.order_id)
    assert queries.get_consignment(session, load.id).state is ConsignmentState.RECEIVED
    assert queries.evidence(session, [line]) == {line: CustodyEvidence.DOUBLE_SIGNED}
    journey = queries.journey(session, load.id)
    assert [one.kind for one in journey.hand_offs] == [
        HandOffKind.PICK_UP,
        HandOffKind.ARRIVAL,
        HandOffKind.DISPATCH,
        HandOffKind.DELIVERY,
    ]
    assert [one.previous_id for one in journey.hand_offs] == [
        None,
        *(one.id for one in journey.hand_offs[:-1]),
    ]
    assert all(rules.is_conserved(one) for one in queries.accounts(session, [line]))


def test_express_from_the_cooperative_is_carrier_tracked_and_silence_is_receipt_only(
    session: Session,
) -> None:
    load = make_load(session)
    line = load.contents[0].order_line_id
    send_by_express(session, load, "DEMO-2")
    part = orders.get_fulfilment(session, load.contents[0].fulfilment_id)
    complete.confirm_receipt(session, part.order_id)
    assert queries.evidence(session, [line]) == {line: CustodyEvidence.RECEIPT_ONLY}
    other = make_load(session)
    line = other.contents[0].order_line_id
    send_by_express(session, other, "DEMO-3")
    deliver.report(session, "DEMO-3", WaybillEventKind.COLLECTED, time.now())
    deliver.report(session, "DEMO-3", WaybillEventKind.SIGNED, time.now())
    assert queries.evidence(session, [line]) == {line: CustodyEvidence.CARRIER_TRACKED}


def test_only_the_holder_gives(session: Session) -> None:
    load, first, second = make_load(session), make_carrier(session), make_carrier(session, "另一家（演示）")
    pass_on(session, load, first)
    now = queries.get_consignment(session, load.id)
    with pytest.raises(WrongHolder):
        hand_over.record(session, hand_off_draft(now, holder(second), giver=signed_by(load.holder)))
    with pytest.raises(NoSuchPass):
        hand_over.record(session, hand_off_draft(now, holder(first)))
    with pytest.raises(WrongSigner):
        hand_over.record(session, hand_off_draft(now, holder(second), receiver=signed_by(holder(first))))
    with pytest.raises(SignatureMissing):
        hand_over.record(session, hand_off_draft(now, holder(second), receiver=None))
    with pytest.raises(SignatureMissing):
        hand_over.record(session, hand_off_draft(now, holder(second), giver=None))


def test_a_driver_without_an_account_holds_in_person(session: Session) -> None:
    load, person, warehouse = make_load(session), make_person(session), make_warehouse(session)
    who = driver(person.id)
    pass_on(
        session,
        load,
        who,
        plate="粤B00000",
        receiver=signed_by(who, "赵六（演示）"),
    )
    assert [one.id for one in queries.in_custody(session, person_id=person.id).items] == [load.id]
    stranger = make_person(session)
    now = queries.get_consignment(session, load.id)
    with pytest.raises(WrongHolder):
        hand_over.record(
            session, hand_off_draft(now, holder(warehouse), giver=signed_by(driver(stranger.id)))
        )
    made = pass_on(session, load, warehouse)
    assert made.kind is HandOffKind.ARRIVAL
    assert made.from_holder.name is None


def test_temperature_is_asked_of_cold_goods_only(session: Session) -> None:
    carrier = make_carrier(session)
    dry = make_product(
        session,
        slug="demo-dry",
        number="P900009",
        storage_code="dry_ambient",
        range=None,
        excursion_lower_milli_c=None,
        excursion_upper_milli_c=None,
    )
    chilled = make_load(session)
    with pytest.raises(TemperatureMissing):
        pass_on(session, chilled, carrier, readings=Readings())
    with pytest.raises(TemperatureImplausible):
        pass_on(
            session,
            chilled,
            carrier,
            readings=Readings(surface_min_milli_c=250_000, surface_max_milli_c=250_000),
        )
    ambient = make_load(session, make_sold_offer(session, variant=make_variant(session, dry)))
    assert not ambient.needs_temperature
    assert pass_on(session, ambient, carrier, readings=Readings()).decision is Decision.ACCEPT


def test_a_breach_holds_the_lot_and_says_so(session: Session) -> None:
    order, (load,) = make_loads(session)
    person, _party, _membership = make_member(
        session, Role.COOPERATIVE_MEMBER, party=_cooperative(session, load.sender_id)
    )
    carrier = make_carrier(session)
    with pytest.raises(ReasonNeeded):
        pass_on(session, load, carrier, readings=WARM)
    made = pass_on(session, load, carrier, readings=WARM, reason="车门开得太久")
    assert made.decision is Decision.ACCEPT_WITH_REMARK
    assert [(one.cause, one.measured_milli_c) for one in made.breaches] == [(BreachCause.HIGH, 11_500)]
    lot_id = load.contents[0].lot_id
    assert stock.lots_by_id(session, [lot_id])[lot_id].blocked
    buyer = notices.inbox(session, phone=order.contact.phone).items[0]
    assert "温度偏高" in str(buyer.message)
    assert "11.5" in str(buyer.message)
    assert notices.inbox(session, person_id=person.id).items
    assert queries.open_breaches(session).total == 1
    operator = make_person(session)
    hand_over.decide_lot(session, lot_id, operator.id, "复检合格，放行", release=True)
    assert not stock.lots_by_id(session, [lot_id])[lot_id].blocked
    assert queries.open_breaches(session).total == 0
    with pytest.raises(NothingHeld):
        hand_over.decide_lot(session, lot_id, operator.id, "再来一次", release=True)
    line = load.contents[0].order_line_id
    send_by_express(session, load, "DEMO-4")
    deliver.report(session, "DEMO-4", WaybillEventKind.COLLECTED, time.now())
    deliver.report(session, "DEMO-4", WaybillEventKind.SIGNED, time.now())
    assert queries.evidence(session, [line]) == {line: CustodyEvidence.CARRIER_TRACKED}
    assert queries.breaches_of_lines(session, [line])[line][0].resolution == "复检合格，放行"


def test_goods_beyond_the_limit_must_be_refused_and_stay(session: Session) -> None:
    frozen = make_product(
        session,
        slug="demo-frozen",
        number="P900010",
        storage_code="meat_frozen",
        range=_range(-25_000, -18_000),
        excursion_lower_milli_c=-25_000,
        excursion_upper_milli_c=-15_000,
    )
    load = make_load(session, make_sold_offer(session, variant=make_variant(session, frozen)))
    carrier, warehouse = make_carrier(session), make_warehouse(session)
    hard = Readings(surface_min_milli_c=-19_000, surface_max_milli_c=-18_000)
    pass_on(session, load, carrier, readings=hard)
    soft = Readings(surface_min_milli_c=-12_000, surface_max_milli_c=-11_000)
    with pytest.raises(MustRefuse):
        pass_on(session, load, warehouse, readings=soft, reason="软了")
    refused = pass_on(session, load, warehouse, readings=soft, reason="软了", decision=Decision.REFUSE)
    assert not refused.is_accepted
    assert [one.kept for one in refused.quantities] == [1]
    after = queries.get_consignment(session, load.id)
    assert after.holder == holder(carrier)
    lot_id = load.contents[0].lot_id
    assert stock.lots_by_id(session, [lot_id])[lot_id].blocked
    # It goes back the way it came: the chain goes on from the one who kept it.
    back = pass_on(
        session,
        load,
        Holder(kind=HolderKind.COOPERATIVE, party_id=load.sender_id),
        readings=soft,
        decision=Decision.REFUSE,
        reason="也不收",
    )
    assert back.previous_id == refused.id
    assert all(rules.is_conserved(one) for one in queries.accounts(session, [load.contents[0].order_line_id]))


def test_losses_are_counted_and_nothing_is_made_up(session: Session) -> None:
    load = make_load(session, quantity=5)
    key = next(iter(everything_of(load)))
    carrier, warehouse = make_carrier(session), make_warehouse(session)
    with pytest.raises(ReasonNeeded):
        pass_on(session, load, carrier, lost={key: 2})
    with pytest.raises(NotConserved):
        pass_on(session, load, carrier, lost={key: 6}, reason="短少")
    with pytest.raises(NotConserved):
        pass_on(session, load, carrier, lost={key: -1}, reason="多出")
    with pytest.raises(NotConserved):
        pass_on(session, load, carrier, lost={key: 1}, reason="拒收", decision=Decision.REFUSE)
    made = pass_on(session, load, carrier, lost={key: 2}, reason="压坏两件")
    assert [(one.given, one.received, one.lost) for one in made.quantities] == [(5, 3, 2)]
    assert queries.get_consignment(session, load.id).quantity == 3
    pass_on(session, load, warehouse)
    found = {one.holder_key: one for one in queries.accounts(session, [key[0]])}
    assert found[load.holder.key].lost == 2
    assert found[holder(carrier).key].came == found[holder(carrier).key].went == 3
    assert found[holder(warehouse).key].on_hand == 3
    gone = pass_on(session, load, carrier, lost={key: 3}, reason="全部毁损")
    assert gone.quantities[0].received == 0
    assert queries.get_consignment(session, load.id).state is ConsignmentState.LOST
    with pytest.raises(NotUnderWay):
        pass_on(session, load, warehouse)
    assert all(rules.is_conserved(one) for one in queries.accounts(session, [key[0]]))


def test_packages_seal_and_moment_are_checked(session: Session, ground: FixedClock) -> None:
    load, carrier, warehouse = make_load(session), make_carrier(session), make_warehouse(session)
    pass_on(session, load, carrier, seal_number="FQ-0001")
    assert queries.get_consignment(session, load.id).seal_number == "FQ-0001"
    with pytest.raises(SealNotChecked):
        pass_on(session, load, warehouse, seal_intact=None)
    with pytest.raises(ReasonNeeded):
        pass_on(session, load, warehouse, seal_intact=False)
    with pytest.raises(WrongPackages):
        pass_on(session, load, warehouse, packages=2)
    with pytest.raises(BadMoment):
        pass_on(session, load, warehouse, at=time.now() + timedelta(minutes=1))
    with pytest.raises(BadMoment):
        pass_on(session, load, warehouse, at=time.now() - timedelta(days=1))
    ground.advance(timedelta(hours=5))
    late = pass_on(session, load, warehouse, at=time.now() - timedelta(hours=2))
    assert late.recorded_at - late.at == timedelta(hours=2)


def test_waybills_are_used_once_and_events_come_in_order(session: Session, ground: FixedClock) -> None:
    load, other = make_load(session), make_load(session)
    send_by_express(session, load, "DEMO-5")
    with pytest.raises(WaybillTaken):
        send_by_express(session, other, "DEMO-5")
    with pytest.raises(UnknownWaybill):
        deliver.report(session, "DEMO-none", WaybillEventKind.SIGNED, time.now())
    with pytest.raises(WaybillOutOfOrder):
        deliver.report(session, "DEMO-5", WaybillEventKind.SIGNED, time.now() + timedelta(hours=1))
    ground.advance(timedelta(hours=2))
    deliver.report(session, "DEMO-5", WaybillEventKind.COLLECTED, time.now())
    with pytest.raises(WaybillOutOfOrder):
        deliver.report(session, "DEMO-5", WaybillEventKind.SIGNED, time.now() - timedelta(hours=1))
    assert deliver.report(session, "DEMO-5", WaybillEventKind.SIGNED, time.now()) is not None
    assert deliver.report(session, "DEMO-5", WaybillEventKind.SIGNED, time.now()) is None
    with pytest.raises(NotUnderWay):
        pass_on(session, load, make_carrier(session))


def test_parts_of_an_order_go_on_as_one_parcel_from_the_warehouse(session: Session) -> None:
    order, loads = make_loads(session, make_sold_offer(session), make_sold_offer(session))
    assert len(loads) == 2
    carrier, warehouse = make_carrier(session), make_warehouse(session)
    for load in loads:
        pass_on(session, load, carrier)
        pass_on(session, load, warehouse)
    ids = [load.id for load in loads]
    with pytest.raises(SignatureMissing):
        regroup_loads.put_together(session, ids, signed_by(holder(carrier)), packages=1)
    with pytest.raises(CannotRegroup):
        regroup_loads.put_together(session, ids[:1], signed_by(holder(warehouse)), packages=1)
    parcel = regroup_loads.put_together(session, ids, signed_by(holder(warehouse)), packages=1)
    assert parcel.quantity == 2
    assert parcel.holder == holder(warehouse)
    assert parcel.fulfilment_id is None
    assert {one.state for one in queries.consignments_by_id(session, ids).values()} == {
        ConsignmentState.REGROUPED
    }
    with pytest.raises(NotUnderWay):
        pass_on(session, loads[0], carrier)
    send_by_express(session, parcel, "DEMO-6")
    deliver.report(session, "DEMO-6", WaybillEventKind.COLLECTED, time.now())
    deliver.report(session, "DEMO-6", WaybillEventKind.SIGNED, time.now())
    order = orders.get_order(session, order.id)
    assert {part.state for part in order.fulfilments} == {FulfilmentState.DELIVERED}
    lines = [line.id for line in order.lines]
    assert set(queries.evidence(session, lines).values()) == {CustodyEvidence.DOUBLE_SIGNED}
    journey = queries.journey(session, loads[0].id)
    assert {one.id for one in journey.loads} == {loads[0].id, parcel.id}
    assert len(journey.regroupings) == 1
    assert len(queries.journey(session, parcel.id).hand_offs) == 6
    assert all(rules.is_conserved(one) for one in queries.accounts(session, lines))
    assert queries.verify(session).changed == ()


def test_a_split_load_is_delivered_once_all_of_it_is(session: Session) -> None:
    load = make_load(session, quantity=5)
    key = next(iter(everything_of(load)))
    carrier, warehouse = make_carrier(session), make_warehouse(session)
    pass_on(session, load, carrier)
    pass_on(session, load, warehouse)
    with pytest.raises(CannotRegroup):
        regroup_loads.split(session, load.id, [{key: 6}], signed_by(holder(warehouse)))
    (first,) = regroup_loads.split(session, load.id, [{key: 2}], signed_by(holder(warehouse)))
    rest = queries.get_consignment(session, load.id)
    assert (first.quantity, rest.quantity) == (2, 3)
    assert rest.state is ConsignmentState.STORED
    part = load.contents[0].fulfilment_id
    send_by_express(session, first, "DEMO-7")
    deliver.report(session, "DEMO-7", WaybillEventKind.SIGNED, time.now())
    assert orders.get_fulfilment(session, part).state is FulfilmentState.IN_TRANSIT
    assert queries.undelivered(session, [part]) == {part}
    send_by_express(session, rest, "DEMO-8")
    deliver.report(session, "DEMO-8", WaybillEventKind.SIGNED, time.now())
    assert orders.get_fulfilment(session, part).state is FulfilmentState.DELIVERED
    assert all(rules.is_conserved(one) for one in queries.accounts(session, [key[0]]))


def test_many_loads_change_hands_together_or_none(session: Session) -> None:
    loads = [make_load(session) for _one in range(3)]
    carrier = make_carrier(session)
    drafts = [hand_off_draft(load, holder(carrier)) for load in loads]
    drafts[2] = hand_off_draft(loads[2], holder(carrier), readings=Readings())
    with pytest.raises(TemperatureMissing), session.begin_nested():
        hand_over.record_many(session, drafts)
    assert {one.state for one in queries.waiting(session).items} == {ConsignmentState.WAITING}
    made = hand_over.record_many(session, [hand_off_draft(load, holder(carrier)) for load in loads])
    assert [one.consignment_id for one in made] == [load.id for load in loads]
    assert queries.in_custody(session, party_ids=[carrier.id]).total == 3
    assert queries.waiting(session).total == 0


def test_every_record_is_in_the_log_and_a_changed_byte_is_found(session: Session) -> None:
    load, carrier, warehouse = make_load(session), make_carrier(session), make_warehouse(session)
    pass_on(session, load, carrier)
    made = pass_on(session, load, warehouse)
    log.sequence(session)
    assert transparency.size(session) == 2
    checked = queries.verify(session)
    assert (checked.count, checked.changed) == (2, ())
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"), session.begin_nested():
        session.execute(text("UPDATE custody_hand_off SET packages = 9 WHERE id = :id"), {"id": made.id})


def test_the_database_itself_keeps_the_chain(session: Session) -> None:
    load, carrier = make_load(session), make_carrier(session)
    pass_on(session, load, carrier)
    copied = """
        INSERT INTO custody_hand_off (uid, number, consignment_id, kind, from_kind, from_party_id, from_key,
            to_kind, to_party_id, to_key, holder_after_key, place_code, at, recorded_at, packages, decision,
            salt, photo_digests, previous_id, schema_version, canonical, leaf_hash, leaf_id)
        SELECT gen_random_uuid(), 'J-forged', consignment_id, kind, from_kind, from_party_id, {from_key},
            to_kind, to_party_id, to_key, to_key, place_code, at, recorded_at, packages, decision,
            salt, photo_digests, {previous}, schema_version, canonical, leaf_hash,
            (SELECT max(id) FROM transparency_leaf)
        FROM custody_hand_off
    """
    log.append_leaf(session, b"x" * 32)
    with pytest.raises(IntegrityError, match="uq_custody_hand_off_first"), session.begin_nested():
        session.execute(text(copied.format(from_key="from_key", previous="NULL")))
    with pytest.raises(IntegrityError, match="fk_custody_hand_off_chain"), session.begin_nested():
        session.execute(text(copied.format(from_key="'warehouse:1'", previous="id")))


def test_signatures_keep_how_the_signer_was_known(session: Session) -> None:
    load, carrier = make_load(session), make_carrier(session)
    receiver = signed_by(holder(carrier), "李四（演示）")
    made = pass_on(session, load, carrier, receiver=receiver)
    kept = queries.get_hand_off(session, made.number)
    assert kept.receiver_signature is not None
    assert kept.receiver_signature.name == "李四（演示）"
    assert kept.receiver_signature.method is SignatureMethod.ON_SCREEN
    assert kept.readings == COOL


def test_receipt_twice_is_receipt_once(session: Session) -> None:
    load = make_load(session)
    pass_on(session, load, make_carrier(session))
    part = load.contents[0].fulfilment_id
    assert service.record_receipt(session, [part]) == [load.id]
    assert service.record_receipt(session, [part]) == []
    last = queries.journey(session, load.id).hand_offs[-1]
    assert last.kind is HandOffKind.RECEIPT
    assert last.to_holder.kind is HolderKind.BUYER
