"""What the road's pages show of loads: goods, range, from where, to where, who has them."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import StorageKind, TemperatureRange
from marketplace.custody.types import Consignment, Content, Holder, HolderKind
from marketplace.kernel.message import Message, Name
from marketplace.orders import queries as orders
from marketplace.orders.types import OrderLine, OrderLineId
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, PartyId, PartyKind
from marketplace.places import queries as places
from marketplace.web.carrier import wording

MOST_PARTIES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Packs of one lot on a load; ``lost_field`` is where a form counts what is missing or spoilt."""

    name: Name
    pack: Name
    lot: str | None
    quantity: int
    range: TemperatureRange | None
    lost_field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadView:
    """A load as a list or a page shows it; nobody's name, no address."""

    load: Consignment
    goods: tuple[Goods, ...]
    sender: Name
    city: Name
    via: Name | None
    holder: Message | Name
    ranges: tuple[TemperatureRange, ...]

    @property
    def needs_temperature(self) -> bool:
        return self.load.needs_temperature


def load_views(session: Session, loads: Sequence[Consignment], *, with_lots: bool = False) -> list[LoadView]:
    """Say what loads are, in three statements however many; one more for their lots' codes."""
    if not loads:
        return []
    contents = [one for load in loads for one in load.contents]
    lines = orders.lines_by_id(session, {one.order_line_id for one in contents})
    known = parties.parties_by_id(
        session, {one for load in loads for one in (load.sender_id, load.warehouse_id) if one is not None}
    )
    lots = catalogue.lots_by_id(session, {one.lot_id for one in contents}) if with_lots else {}
    codes = {lot_id: lot.code for lot_id, lot in lots.items()}
    atlas = places.atlas(session)
    return [
        LoadView(
            load=load,
            goods=tuple(_goods(one, lines[one.order_line_id], codes.get(one.lot_id)) for one in _there(load)),
            sender=known[load.sender_id].name,
            city=atlas.division(atlas.city_of(load.destination_code)).short_name,
            via=known[load.warehouse_id].name if load.warehouse_id else None,
            holder=wording.holder_in_words(load.holder),
            ranges=ranges_of(load),
        )
        for load in loads
    ]


def lost_field(line_id: OrderLineId, lot_id: int) -> str:
    return f"lost-{line_id}-{lot_id}"


def ranges_of(load: Consignment) -> tuple[TemperatureRange, ...]:
    """Return the different ranges that a load's goods keep; one where they agree."""
    found = {one.limits.range: None for one in _there(load) if one.limits is not None}
    return tuple(sorted(found, key=lambda one: (one.min_milli_c, one.max_milli_c)))


def takers(session: Session, load: Consignment) -> list[tuple[str, str, Name]]:
    """Return whom a load may be given to: group, key and name.

    Who moves goods comes first where they stand, the warehouse planned for them where they are moving.
    """
    moves = load.holder.kind is HolderKind.CARRIER
    kinds = (PartyKind.WAREHOUSE, PartyKind.CARRIER) if moves else (PartyKind.CARRIER, PartyKind.WAREHOUSE)
    listed = parties.active_parties(session, kinds, limit=MOST_PARTIES)
    found = [one for one in listed if one.id != load.holder.party_id]
    if moves:
        found.sort(key=lambda one: one.id != load.warehouse_id)
    return [(str(one.kind), str(one.id), one.name) for one in found]


def holder_of(party: Party) -> Holder:
    kinds = {
        PartyKind.COOPERATIVE: HolderKind.COOPERATIVE,
        PartyKind.CARRIER: HolderKind.CARRIER,
        PartyKind.WAREHOUSE: HolderKind.WAREHOUSE,
    }
    return Holder(kind=kinds[party.kind], party_id=PartyId(party.id), name=party.name)


def kinds_of(loads: Collection[Consignment]) -> list[StorageKind]:
    """Return the storage kinds among loads whose temperature is asked for."""
    found = {load.storage_kind for load in loads if load.needs_temperature}
    return [kind for kind in (StorageKind.CHILLED, StorageKind.FROZEN) if kind in found]


def new_key() -> str:
    """Make the key under which a form counts once, however often it is sent."""
    return secrets.token_urlsafe(12)


def _there(load: Consignment) -> list[Content]:
    """Return what is in a load; of one that was emptied, what was in it."""
    return [one for one in load.contents if one.quantity] or list(load.contents)


def _goods(content: Content, line: OrderLine, lot: str | None) -> Goods:
    return Goods(
        name=line.product_name,
        pack=line.pack,
        lot=lot,
        quantity=content.quantity,
        range=None if content.limits is None else content.limits.range,
        lost_field=lost_field(content.order_line_id, content.lot_id),
    )
