"""What somebody may do with a load that they scanned: give it, take it, or only look."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from marketplace.custody import rules as custody
from marketplace.custody.types import Consignment, Holder, HolderKind, SignatureDraft, SignatureMethod
from marketplace.parties import rules
from marketplace.parties.types import Actor, Membership, Permission, Role
from marketplace.web import guard

HOLDER_OF_ROLE: Mapping[Role, HolderKind] = {
    Role.COOPERATIVE_MANAGER: HolderKind.COOPERATIVE,
    Role.COOPERATIVE_MEMBER: HolderKind.COOPERATIVE,
    Role.COOPERATIVE_PACKER: HolderKind.COOPERATIVE,
    Role.CARRIER_MEMBER: HolderKind.CARRIER,
    Role.WAREHOUSE_MEMBER: HolderKind.WAREHOUSE,
}


class Side(StrEnum):
    GIVER = "giver"
    TAKER = "taker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Which side somebody is on, for whom they sign, and how they are known."""

    side: Side
    me: Holder
    method: SignatureMethod
    person_name: str

    @property
    def is_driver(self) -> bool:
        """Tell whether they act in person: a driver without a carrier's account."""
        return self.me.party_id is None


def way(load: Consignment) -> Way | None:
    """Return what the person of this request may do with a load; None: nothing but look."""
    actor = guard.current_actor()
    if actor is None or not custody.is_under_way(load.state):
        return None
    holders = [_holder(one) for one in _memberships(actor)]
    giving = next((one for one in holders if one.key == load.holder.key), None)
    if giving is not None:
        return _way(actor, Side.GIVER, giving)
    own = Holder(kind=HolderKind.CARRIER, person_id=actor.person.id)
    if own.key == load.holder.key:
        return _way(actor, Side.GIVER, own)
    if load.holder.kind is HolderKind.COURIER:
        return None
    taking = next((one for one in holders if _may_take(one, load)), None)
    if taking is not None:
        return _way(actor, Side.TAKER, taking)
    return None if holders else _way(actor, Side.TAKER, own)


def way_of_all(loads: Collection[Consignment]) -> Way | None:
    """Return what somebody may do with several loads at once: the same with each, of one holder."""
    ways = [way(load) for load in loads]
    first = ways[0] if ways else None
    if first is None or any(one is None or one.me.key != first.me.key for one in ways):
        return None
    same_side = {one.side for one in ways if one is not None} == {first.side}
    return first if same_side and len({load.holder.key for load in loads}) == 1 else None


def sign(who: Holder, name: str, method: SignatureMethod, drawn_digest: str | None) -> SignatureDraft:
    return SignatureDraft(
        name=name,
        method=method,
        party_id=who.party_id,
        person_id=who.person_id,
        drawn_digest=drawn_digest,
    )


def gave_to_courier(load: Consignment, giver_of_last: Holder | None) -> bool:
    """Tell whether the person of this request works for whoever gave a load to its courier."""
    actor = guard.current_actor()
    if actor is None or giver_of_last is None or load.holder.kind is not HolderKind.COURIER:
        return False
    own = Holder(kind=HolderKind.CARRIER, person_id=actor.person.id)
    return giver_of_last.key in {own.key, *(_holder(one).key for one in _memberships(actor))}


def is_party_to(*holders: Holder) -> bool:
    """Tell whether the person of this request stands on one of the sides, or looks after everything."""
    actor = guard.current_actor()
    if actor is None:
        return False
    if rules.may(actor, Permission.OPERATE):
        return True
    own = Holder(kind=HolderKind.CARRIER, person_id=actor.person.id)
    keys = {own.key, *(_holder(one).key for one in _memberships(actor))}
    return any(holder.key in keys for holder in holders)


def _way(actor: Actor, side: Side, me: Holder) -> Way:
    method = SignatureMethod.CODE if me.party_id is None else SignatureMethod.ACCOUNT
    name = actor.person.display_name
    # Somebody who never said their name is called by their masked number: that is no signature.
    return Way(side=side, me=me, method=method, person_name="" if "*" in name else name)


def _memberships(actor: Actor) -> list[Membership]:
    chosen = actor.chosen
    found = [one for one in actor.memberships if one.role in HOLDER_OF_ROLE]
    return sorted(found, key=lambda one: one != chosen)


def _holder(membership: Membership) -> Holder:
    return Holder(
        kind=HOLDER_OF_ROLE[membership.role], party_id=membership.party_id, name=membership.party_name
    )


def _may_take(me: Holder, load: Consignment) -> bool:
    """A cooperative takes back only what it sent; who moves and stores goods takes what passes on."""
    if me.kind is HolderKind.COOPERATIVE and me.party_id != load.sender_id:
        return False
    return custody.kind_of(load.holder, me) is not None
