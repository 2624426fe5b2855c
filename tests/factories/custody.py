"""Loads on the road for tests: packed through the use cases, handed over with both signatures."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId, Offer
from marketplace.custody import queries
from marketplace.custody.types import (
    Consignment,
    HandOff,
    HandOffDraft,
    Holder,
    HolderKind,
    Readings,
    SignatureDraft,
    SignatureMethod,
)
from marketplace.flow import deliver, hand_over
from marketplace.flow.deliver import Dispatch
from marketplace.orders.types import Order, OrderLineId
from marketplace.parties.types import Party, PartyId, PartyKind, PersonId
from tests.factories.orders import make_packed_order
from tests.factories.parties import make_party
from tests.factories.places import FOSHAN, GUANGZHOU

COOL = Readings(surface_min_milli_c=1_500, surface_max_milli_c=3_000)
WARM = Readings(surface_min_milli_c=9_000, surface_max_milli_c=11_500)

_KINDS = {
    PartyKind.COOPERATIVE: HolderKind.COOPERATIVE,
    PartyKind.CARRIER: HolderKind.CARRIER,
    PartyKind.WAREHOUSE: HolderKind.WAREHOUSE,
}


def make_carrier(session: Session, name: str = "山水冷链（演示）") -> Party:
    return make_party(session, PartyKind.CARRIER, GUANGZHOU, name)


def make_warehouse(session: Session, name: str = "佛山云仓（演示）") -> Party:
    return make_party(session, PartyKind.WAREHOUSE, FOSHAN, name)


def holder(party: Party) -> Holder:
    return Holder(kind=_KINDS[party.kind], party_id=party.id, name=party.name)


def signed_by(who: Holder, name: str = "张三（演示）") -> SignatureDraft:
    return SignatureDraft(
        name=name, method=SignatureMethod.ON_SCREEN, party_id=who.party_id, person_id=who.person_id
    )


def make_loads(session: Session, *offers: Offer, **wishes: Any) -> tuple[Order, list[Consignment]]:
    """Pack an order; returns it with the load of each of its parts."""
    order = make_packed_order(session, *offers, **wishes)
    found = queries.consignments_of(session, [part.id for part in order.fulfilments])
    return order, [found[part.id][0] for part in order.fulfilments]


def make_load(session: Session, *offers: Offer, **wishes: Any) -> Consignment:
    """Pack an order of one part."""
    return make_loads(session, *offers, **wishes)[1][0]


def hand_off_draft(load: Consignment, to: Holder, **overrides: Any) -> HandOffDraft:
    """Enter a hand-off that is in order: both signed, cool, sealed, nothing lost."""
    draft = HandOffDraft(
        consignment_id=load.id,
        to=to,
        giver=signed_by(load.holder),
        receiver=None if to.kind in {HolderKind.COURIER, HolderKind.BUYER} else signed_by(to, "李四（演示）"),
        readings=COOL if load.needs_temperature else Readings(),
        seal_intact=True if load.seal_number else None,
    )
    return replace(draft, **overrides)


def pass_on(session: Session, load: Consignment, to: Party | Holder, **overrides: Any) -> HandOff:
    """Hand a load over as it stands now."""
    load = queries.get_consignment(session, load.id)
    taker = holder(to) if isinstance(to, Party) else to
    return hand_over.record(session, hand_off_draft(load, taker, **overrides))


def send_by_express(session: Session, load: Consignment, number: str = "DEMO-SF-0001") -> HandOff:
    """Give a load to a courier."""
    load = queries.get_consignment(session, load.id)
    draft = hand_off_draft(load, Holder(kind=HolderKind.COURIER))
    return deliver.dispatch(session, [Dispatch(draft=draft, courier="速运（演示）", number=number)])[0]


def everything_of(load: Consignment) -> Mapping[tuple[OrderLineId, LotId], int]:
    return {(one.order_line_id, one.lot_id): one.quantity for one in load.contents}


def driver(person_id: PersonId) -> Holder:
    """A driver without an account of a carrier."""
    return Holder(kind=HolderKind.CARRIER, person_id=person_id)


def party_holder(kind: HolderKind, party_id: int) -> Holder:
    """A holder in memory."""
    return Holder(kind=kind, party_id=PartyId(party_id))
