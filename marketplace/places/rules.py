"""Pure decisions about pairings: what state goods are in, and what may become of a pairing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from marketplace.places.types import (
    DivisionCode,
    Level,
    Pairing,
    PairingState,
    PairingStatus,
    PairingVerdict,
    Side,
)

CITY_LEVELS = frozenset({Level.CITY, Level.SAR, Level.SPECIAL_ZONE})

TRANSITIONS: dict[PairingStatus, frozenset[PairingStatus]] = {
    PairingStatus.DOCUMENTED: frozenset({PairingStatus.ENDED}),
    PairingStatus.TO_BE_CONFIRMED: frozenset({PairingStatus.CONFIRMED, PairingStatus.ENDED}),
    PairingStatus.CONFIRMED: frozenset({PairingStatus.ENDED}),
    PairingStatus.ENDED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What pairings ask about goods: the destination's city-level division, the origin and all above it."""

    side: Side
    city_code: DivisionCode
    prefecture_code: DivisionCode
    origin_lineage: tuple[DivisionCode, ...]


def judge(pairings: Iterable[Pairing], way: Way, day: date) -> PairingVerdict:
    """Put goods into one of the four rows of every official table (policy art. 4).

    Only pairings of the destination's own city-level division decide: city with prefecture, and 横琴 with
    正安 (policy art. 14). Districts' pairings with counties come on top and change no state.
    """
    if way.side in {Side.HONG_KONG, Side.MACAO}:
        return _verdict(PairingState.HK_MACAO, None, way)
    found = sorted(
        (
            one
            for one in pairings
            if one.gd_code == way.city_code
            and one.gz_code in way.origin_lineage
            and one.covers(day)
            and (one.is_proven or one.status is PairingStatus.TO_BE_CONFIRMED)
        ),
        key=lambda one: (not one.is_proven, way.origin_lineage.index(one.gz_code), one.id),
    )
    if not found:
        return _verdict(PairingState.UNPAIRED, None, way)
    state = PairingState.PAIRED if found[0].is_proven else PairingState.UNCONFIRMED
    return _verdict(state, found[0], way)


def _verdict(state: PairingState, pairing: Pairing | None, way: Way) -> PairingVerdict:
    return PairingVerdict(
        state=state,
        pairing_id=pairing.id if pairing else None,
        city_code=way.city_code,
        prefecture_code=way.prefecture_code,
    )


def may_become(status: PairingStatus, wanted: PairingStatus) -> bool:
    return wanted in TRANSITIONS[status]


def overlap(first: Pairing, second: Pairing) -> bool:
    """Tell whether two rows pair the same divisions on a common day."""
    if (first.gd_code, first.gz_code) != (second.gd_code, second.gz_code):
        return False
    starts = [one.valid_from for one in (first, second) if one.valid_from is not None]
    ends = [one.valid_to for one in (first, second) if one.valid_to is not None]
    return not starts or not ends or max(starts) <= min(ends)
