"""Every assignment and every way of joining parts, scored from the policy's words alone: slow and plain."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import product

from marketplace.freight.types import Leg
from marketplace.kernel.time import SHANGHAI
from marketplace.places.types import PairingState, Side
from marketplace.routing.rules import Frame
from marketplace.routing.types import Need, Source

Given = list[tuple[Need, Source]]
PENALTY = {
    PairingState.PAIRED: 0,
    PairingState.HK_MACAO: 0,
    PairingState.UNCONFIRMED: 5_000,
    PairingState.UNPAIRED: 10_000,
}


def lowest_scores(frame: Frame, needs: Sequence[Need], sources: Sequence[Source]) -> list[int]:
    """Return the scores of every assignment that can be supplied, lowest first."""
    candidates = [
        [
            one
            for one in sources
            if one.variant_id == need.variant_id and (need.offer_id is None or need.offer_id == one.offer_id)
        ]
        for need in needs
    ]
    scores = [score(frame, list(zip(needs, chosen, strict=True))) for chosen in product(*candidates)]
    return sorted(one for one in scores if one is not None)


def score(frame: Frame, given: Given) -> int | None:
    packed = _packing_days(frame, given)
    if packed is None:
        return None
    total = sum(_still(frame, need, source) for need, source in given)
    for parts in _parts(given, packed):
        total += frame.policy.part_fen * len(parts)
        joined = [_joined(frame, blocks) for blocks in _partitions(parts)]
        possible = [one for one in joined if one is not None]
        if not possible:
            return None
        total += min(possible)
    return total


def _packing_days(frame: Frame, given: Given) -> list[date] | None:
    """Fill each offer's days in the order of the lines; return the last day of every line."""
    taken: Counter[tuple[int, date]] = Counter()
    last_days = []
    local = frame.at.astimezone(SHANGHAI)
    for need, source in given:
        if need.quantity < source.minimum:
            return None
        if frame.destination.side in {Side.HONG_KONG, Side.MACAO} and not source.serves_hong_kong_macao:
            return None
        first = local.date() + timedelta(days=source.lead_days + (local.hour >= source.cut_off_hour))
        missing = need.quantity
        for ahead in range(7):
            day = first + timedelta(days=ahead)
            free = source.daily_capacity - source.supply.taken.get(day, 0) - taken[source.offer_id, day]
            used = max(0, min(free, missing))
            taken[source.offer_id, day] += used
            missing -= used
            if missing == 0:
                last_days.append(day)
                break
        else:
            return None
    return last_days


def _still(frame: Frame, need: Need, source: Source) -> int:
    policy, goods = frame.policy, source.price_fen * need.quantity
    score = goods * policy.price_bp // 10_000
    score += goods * policy.pairing_bp * PENALTY[source.pairing] // 10_000**2
    score += 0 if source.key_county else goods * policy.key_county_bp // 10_000
    return score + goods * policy.fair_share_bp * source.share_bp // 10_000**2


Part = list[tuple[Need, Source, date]]


def _parts(given: Given, packed: list[date]) -> list[list[Part]]:
    """Group by cooperative, prefecture and kind; a line joins the first part whose temperatures it shares."""
    parts: list[Part] = []
    for (need, source), day in zip(given, packed, strict=True):
        for part in parts:
            other = part[0][1]
            same = (other.cooperative_id, other.prefecture_code, other.storage_kind) == (
                source.cooperative_id,
                source.prefecture_code,
                source.storage_kind,
            )
            if same and _temperatures_meet([*part, (need, source, day)]):
                part.append((need, source, day))
                break
        else:
            parts.append([(need, source, day)])
    kinds = sorted({part[0][1].storage_kind for part in parts})
    return [[part for part in parts if part[0][1].storage_kind == kind] for kind in kinds]


def _temperatures_meet(lines: Part) -> bool:
    ranges = [source.range for _, source, _ in lines if source.range is not None]
    return not ranges or max(r.min_milli_c for r in ranges) <= min(r.max_milli_c for r in ranges)


def _partitions(parts: list[Part]) -> Iterator[list[list[Part]]]:
    if not parts:
        yield []
        return
    first, *others = parts
    for smaller in _partitions(others):
        yield [[first], *smaller]
        for place, block in enumerate(smaller):
            yield [*smaller[:place], [first, *block], *smaller[place + 1 :]]


def _joined(frame: Frame, blocks: list[list[Part]]) -> int | None:
    total = 0
    for block in blocks:
        costs = [one for one in _ways(frame, block) if one is not None]
        if not costs:
            return None
        total += min(costs)
    return total


def _ways(frame: Frame, block: list[Part]) -> Iterator[int | None]:
    city, book = frame.destination.city_code, frame.book
    weights = [sum(source.weight_g * need.quantity for need, source, _ in part) for part in block]
    kind = block[0][0][1].storage_kind
    ready = [max(day for _, _, day in part) for part in block]
    origins = [part[0][1].prefecture_code for part in block]
    if len(block) == 1:
        quote = book.price(Leg.DIRECT, origins[0], city, kind, weights[0])
        if quote is not None:
            yield _cost(frame, block, quote.fee_fen, quote.road_km, ready[0] + timedelta(days=quote.days))
    if not _temperatures_meet([line for part in block for line in part]):
        return
    for house in book.reaching(city):
        hauls = [
            book.price(Leg.LINE_HAUL, origin, house.code, kind, weight)
            for origin, weight in zip(origins, weights, strict=True)
        ]
        last = book.price(Leg.LAST_MILE, house.code, city, kind, sum(weights))
        if last is None or any(haul is None for haul in hauls):
            continue
        there = [haul for haul in hauls if haul is not None]
        gathered = max(day + timedelta(days=haul.days) for day, haul in zip(ready, there, strict=True))
        yield _cost(
            frame,
            block,
            sum(haul.fee_fen for haul in there) + last.fee_fen,
            sum(haul.road_km for haul in there) + last.road_km,
            gathered + timedelta(days=house.handling_days + last.days),
        )


def _cost(frame: Frame, block: list[Part], fee_fen: int, road_km: int, arrives_on: date) -> int | None:
    policy, days = frame.policy, (arrives_on - frame.day).days
    asked: Counter[int] = Counter()
    cost = fee_fen * policy.freight_bp // 10_000
    cost += road_km * policy.distance_fen_per_100_km // 100 + days * policy.waiting_day_fen
    for need, source, _ in (line for part in block for line in part):
        asked[source.offer_id] += need.quantity
        fresh = sum(
            lot.available
            for lot in source.supply.lots
            if lot.expires_on is None or lot.expires_on >= arrives_on
        )
        if asked[source.offer_id] > fresh:
            return None
        if source.shelf_life_days is not None:
            if days > source.shelf_life_days:
                return None
            passed = min(10_000, days * 10_000 // source.shelf_life_days)
            cost += source.price_fen * need.quantity * policy.freshness_bp * passed // 10_000**2
    return cost
