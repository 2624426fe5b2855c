"""From the optimum found to the plan that is shown, frozen on the order and explained."""

from collections.abc import Mapping, Sequence
from datetime import date

from marketplace.kernel.message import Message
from marketplace.kernel.money import Fen, split
from marketplace.routing.refusals import CannotSupply, NothingToPlan
from marketplace.routing.rules.frame import (
    Frame,
    distance_cost,
    freight_cost,
    freshness_cost,
    still_terms,
    waiting_cost,
)
from marketplace.routing.rules.inside import PricedLine, price_lines
from marketplace.routing.rules.limits import Option, options_for
from marketplace.routing.rules.parts import DraftPart, PartKey
from marketplace.routing.rules.reasons import reasons_for, terms_told, why_not
from marketplace.routing.rules.search import Found, Search
from marketplace.routing.rules.ways import Block
from marketplace.routing.types import (
    LineProblem,
    Need,
    Plan,
    PlanLine,
    PlanPart,
    Reason,
    RunnerUp,
    ScoreTerm,
    Shipment,
    Source,
    Term,
)


def choose(frame: Frame, needs: Sequence[Need], sources: Sequence[Source]) -> Plan:
    """Choose who supplies the lines of an order and how it travels: the lowest score under the policy.

    The same input gives the same plan. Refuses CannotSupply with every line that nobody can supply, and
    NothingToPlan.
    """
    if not needs:
        raise NothingToPlan
    ordered = sorted(needs, key=lambda need: need.line_no)
    options = _options(frame, ordered, sources)
    search = Search(frame=frame, needs=ordered, options=options)
    search.run()
    if not search.best:
        need = ordered[search.deepest]
        raise CannotSupply((LineProblem(line_no=need.line_no, reason=Reason.OUT_OF_STOCK),))
    by_line = {need.line_no: found for need, found in zip(ordered, options, strict=True)}
    return _plan(frame, search, by_line)


def _options(frame: Frame, needs: Sequence[Need], sources: Sequence[Source]) -> list[tuple[Option, ...]]:
    by_variant: dict[int, list[Source]] = {}
    for source in sorted(sources, key=lambda one: one.offer_id):
        by_variant.setdefault(source.variant_id, []).append(source)
    options: list[tuple[Option, ...]] = []
    problems: list[LineProblem] = []
    for need in needs:
        found = options_for(frame, need, by_variant.get(need.variant_id, ()))
        if isinstance(found, LineProblem):
            problems.append(found)
        else:
            options.append(found)
    if problems:
        raise CannotSupply(tuple(problems))
    return options


def _plan(frame: Frame, search: Search, options: Mapping[int, Sequence[Option]]) -> Plan:
    winner = search.best[0]
    terms = score_terms(frame, winner)
    numbered = _numbered(winner)
    numbers = {part.key: no for no, (part, _) in enumerate(numbered, start=1)}
    prices = _prices(frame, winner)
    parts = tuple(
        _part(no, part, block, prices[part.key], reasons_for(frame, part, block, options))
        for no, (part, block) in enumerate(numbered, start=1)
    )
    goods_fen = Fen(sum(part.goods_fen for part in parts))
    freight_fen = Fen(sum(part.freight_fen for part in parts))
    return Plan(
        destination_code=frame.destination.code,
        parts=parts,
        shipments=_shipments(winner, numbers, parts),
        goods_fen=goods_fen,
        freight_fen=freight_fen,
        total_fen=Fen(goods_fen + freight_fen),
        arrives_on=max(part.arrives_on for part in parts),
        policy_version=frame.policy.version,
        score_fen=winner.score,
        score_terms=terms,
        runner_up=_runner_up(frame, terms, search.best[1]) if len(search.best) > 1 else None,
        optimal=search.exact,
    )


def _blocks(found: Found) -> list[Block]:
    return [block for arrangement in found.arrangements for block in arrangement.blocks]


def _numbered(found: Found) -> list[tuple[DraftPart, Block]]:
    """Put the parts in the order of the buyer's lines."""
    pairs = [(part, block) for block in _blocks(found) for part in block.parts]
    return sorted(pairs, key=lambda pair: pair[0].key)


def _freight_shares(found: Found) -> Mapping[PartKey, Fen]:
    """Charge each part its own way to the warehouse and its weight's share of the last mile, exactly."""
    shares: dict[PartKey, Fen] = {}
    for block in _blocks(found):
        last = split(block.last_fen, [part.weight_g for part in block.parts])
        for part, haul, share in zip(block.parts, block.haul_fen, last, strict=True):
            shares[part.key] = Fen(haul + share)
    return shares


def _prices(frame: Frame, found: Found) -> Mapping[PartKey, list[PricedLine]]:
    """Price every line of every part, with its share of the freight inside or beside."""
    shares = _freight_shares(found)
    return {
        part.key: price_lines(frame, part.lines, shares[part.key])
        for block in _blocks(found)
        for part in block.parts
    }


def _part(
    no: int, part: DraftPart, block: Block, prices: Sequence[PricedLine], reasons: tuple[Message, ...]
) -> PlanPart:
    lines = tuple(
        PlanLine(
            line_no=line.line_no,
            offer_id=line.source.offer_id,
            quantity=line.quantity,
            unit_price_fen=price.unit_price_fen,
            packing=line.packing,
            freight_inside_fen=price.inside_fen,
        )
        for line, price in zip(part.lines, prices, strict=True)
    )
    return PlanPart(
        no=no,
        cooperative_id=part.cooperative_id,
        origin_code=part.prefecture_code,
        warehouse_id=block.warehouse.party_id if block.warehouse else None,
        storage_kind=part.kind,
        range=part.range,
        lines=lines,
        weight_g=part.weight_g,
        goods_fen=Fen(sum(line.unit_price_fen * line.quantity for line in lines)),
        freight_fen=Fen(sum(price.inside_fen + price.beside_fen for price in prices)),
        ships_on=part.ready_on,
        arrives_on=block.arrives_on,
        reasons=(*reasons, *terms_told(part, lines)),
    )


def _shipments(
    found: Found, numbers: Mapping[PartKey, int], parts: Sequence[PlanPart]
) -> tuple[Shipment, ...]:
    listed: list[tuple[tuple[int, ...], Block]] = sorted(
        ((tuple(sorted(numbers[part.key] for part in block.parts)), block) for block in _blocks(found)),
        key=lambda pair: pair[0],
    )
    return tuple(
        Shipment(
            no=no,
            warehouse_id=block.warehouse.party_id if block.warehouse else None,
            part_nos=part_nos,
            freight_fen=Fen(sum(parts[part_no - 1].freight_fen for part_no in part_nos)),
            arrives_on=block.arrives_on,
        )
        for no, (part_nos, block) in enumerate(listed, start=1)
    )


def score_terms(frame: Frame, found: Found) -> tuple[ScoreTerm, ...]:
    """Spell a score out by the policy's terms; they add up to it."""
    totals = dict.fromkeys(Term, 0)
    for block in _blocks(found):
        totals[Term.FREIGHT] += freight_cost(frame, block.freight_fen)
        totals[Term.DISTANCE] += distance_cost(frame, block.road_km)
        totals[Term.WAITING] += waiting_cost(frame, block.arrives_on)
        totals[Term.PARTS] += frame.policy.part_fen * len(block.parts)
        for part in block.parts:
            _add_lines(frame, totals, part, block.arrives_on)
    return tuple(ScoreTerm(term=term, amount_fen=amount) for term, amount in totals.items())


def _add_lines(frame: Frame, totals: dict[Term, int], part: DraftPart, arrives_on: date) -> None:
    names = (Term.PRICE, Term.PAIRING, Term.KEY_COUNTY, Term.FAIR_SHARE)
    for line in part.lines:
        totals[Term.FRESHNESS] += freshness_cost(frame, line.source, line.quantity, arrives_on)
        for term, amount in zip(names, still_terms(frame, line.source, line.quantity), strict=True):
            totals[term] += amount


def _runner_up(frame: Frame, terms: tuple[ScoreTerm, ...], found: Found) -> RunnerUp:
    other = score_terms(frame, found)
    lines = [line for block in _blocks(found) for part in block.parts for line in part.lines]
    goods = sum(line.source.amount(line.quantity) for line in lines)
    prices = _prices(frame, found)
    freight = sum(price.beside_fen for of_part in prices.values() for price in of_part)
    return RunnerUp(
        offer_ids=tuple((line_no, offer_id) for line_no, offer_id, _ in found.assignment),
        score_fen=found.score,
        total_fen=Fen(goods + freight),
        score_terms=other,
        reason=why_not(terms, other),
    )
