"""From what was typed to the hand-off as custody takes it."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from marketplace.catalogue.types import LotId, StorageKind
from marketplace.custody.refusals import NoSuchPass
from marketplace.custody.types import (
    Consignment,
    HandOffDraft,
    Holder,
    HolderKind,
    Readings,
    SignatureDraft,
    SignatureMethod,
)
from marketplace.kernel.storage import FileStore
from marketplace.orders.types import OrderLineId
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyKind, PartyStatus
from marketplace.web.carrier import access, pictures, present
from marketplace.web.carrier.access import Side, Way
from marketplace.web.carrier.forms import HandOffForm, ManyForm, SignedForm

COURIER, BUYER = "courier", "buyer"
Signatures = tuple[SignatureDraft | None, SignatureDraft | None]


def taker(session: Session, way: Way, to: str, load: Consignment) -> Holder:
    """Return who takes the load: whoever signed in, or whom the giver chose. Refuses (NoSuchPass)."""
    if way.side is Side.TAKER:
        return way.me
    if to == COURIER:
        return Holder(kind=HolderKind.COURIER)
    if to == BUYER:
        return Holder(kind=HolderKind.BUYER)
    party = parties.find_party(session, int(to)) if to.isdecimal() and len(to) < len("9" * 18) else None
    may = party is not None and (
        party.kind in {PartyKind.CARRIER, PartyKind.WAREHOUSE} or party.id == load.sender_id
    )
    if party is None or not may or party.status is not PartyStatus.ACTIVE:
        raise NoSuchPass
    return present.holder_of(party)


def signatures(form: SignedForm, way: Way, load: Consignment, to: Holder, files: FileStore) -> Signatures:
    """Return both signatures: one's own by account or code, the other side's as signed on this phone."""
    giver_drawn = pictures.keep_drawing(form.giver_drawn, files)
    receiver_drawn = pictures.keep_drawing(form.receiver_drawn, files)
    on_screen = SignatureMethod.ON_SCREEN
    gives = way.side is Side.GIVER
    giver = access.sign(load.holder, form.giver_name, way.method if gives else on_screen, giver_drawn)
    receiver = access.sign(to, form.receiver_name, on_screen if gives else way.method, receiver_drawn)
    return (giver if giver.name else None), (receiver if receiver.name else None)


def hand_off(
    form: HandOffForm, load: Consignment, to: Holder, signed: Signatures, lost: Mapping[str, str]
) -> HandOffDraft:
    """Put a form and its signatures together as one hand-off."""
    return HandOffDraft(
        consignment_id=load.id,
        to=to,
        giver=signed[0],
        receiver=None if to.kind is HolderKind.COURIER else signed[1],
        decision=form.decision,
        reason=form.reason or None,
        packages=form.packages,
        seal_number=form.new_seal or None,
        seal_intact=None if form.seal_intact is None else form.seal_intact == "1",
        plate=form.plate or None,
        readings=_readings(form),
        lost=_lost(load, lost),
    )


def of_many(form: ManyForm, load: Consignment, to: Holder, signed: Signatures) -> HandOffDraft:
    """Put the shared form of several loads together as the hand-off of one of them."""
    measured = {StorageKind.CHILLED: form.chilled, StorageKind.FROZEN: form.frozen}.get(load.storage_kind)
    return HandOffDraft(
        consignment_id=load.id,
        to=to,
        giver=signed[0],
        receiver=None if to.kind is HolderKind.COURIER else signed[1],
        seal_intact=None if form.seal_intact is None or load.seal_number is None else form.seal_intact == "1",
        plate=form.plate or None,
        readings=Readings(surface_min_milli_c=measured, surface_max_milli_c=measured),
    )


def _readings(form: HandOffForm) -> Readings:
    points = [one for one in (form.temperature, form.temperature_2, form.temperature_3) if one is not None]
    return Readings(
        surface_min_milli_c=min(points, default=None),
        surface_max_milli_c=max(points, default=None),
        core_milli_c=form.core,
        logger_min_milli_c=form.logger_min,
        logger_max_milli_c=form.logger_max,
        minutes_outside=form.minutes_outside,
    )


def _lost(load: Consignment, typed: Mapping[str, str]) -> dict[tuple[OrderLineId, LotId], int]:
    """Read how many packs of each lot are missing or spoilt; what was left empty is none."""
    lost: dict[tuple[OrderLineId, LotId], int] = {}
    for one in load.contents:
        count = typed.get(present.lost_field(one.order_line_id, one.lot_id), "").strip()
        if count.isdecimal() and len(count) < len("1000000") and int(count):
            lost[one.order_line_id, one.lot_id] = int(count)
    return lost
