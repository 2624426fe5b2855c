"""What an official asks of the record, all of it in the address: period, rule, split, and what narrows it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from flask import request, url_for

from marketplace.assistance import queries as record
from marketplace.assistance import rules
from marketplace.assistance.tables import OTHER_INDUSTRIES
from marketplace.assistance.types import CountingRule, Dimension, Period, Selection, Stage
from marketplace.catalogue import queries as catalogue
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel import time
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.refusals import NotFound
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.places.types import Level, PairingState
from marketplace.web import guard
from marketplace.web.database import read

E = TypeVar("E", bound=StrEnum)

SHARED = ("period", "rule", "by", "unit")
NARROWING = ("state", "pairing", "prefecture", "county", "industry", "stage", "evidence", "counted")


class Unit(StrEnum):
    """In what amounts are shown; files always carry yuan with two decimals."""

    YUAN = "yuan"
    WAN = "wan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question in an address, checked against the official's scope."""

    period: Period
    rule: CountingRule
    by: Dimension
    unit: Unit
    selection: Selection
    narrowed: tuple[Message | Name, ...]

    @property
    def title(self) -> Message:
        return period_name(self.period)


def asked() -> Asked:
    """Read the address. Refuses (UnknownPeriod, UnknownRule, UnknownDimension, NotFound).

    A county, a pairing or a prefecture outside the official's scope is as unknown as one that is not there.
    """
    period = rules.parse_period(request.args.get("period") or str(time.today().year))
    rule = record.find_rule(request.args.get("rule"))
    selection = record.selection_in(read(), period, guard.scope())
    selection, narrowed = _narrow(selection, rule)
    return Asked(
        period=period,
        rule=rule,
        by=rules.parse_dimension(request.args.get("by") or Dimension.PAIRING),
        unit=_one_of(Unit, request.args.get("unit")) or Unit.YUAN,
        selection=selection,
        narrowed=narrowed,
    )


def address(endpoint: str, **changes: str | None) -> str:
    """Return the address of a page for what is asked now, with some of it changed; None drops a part."""
    now = {name: request.args[name] for name in (*SHARED, *NARROWING) if request.args.get(name)}
    wanted = {name: value for name, value in (now | changes).items() if value}
    return url_for(endpoint, **wanted)  # type: ignore[arg-type]  # what is left has values


def period_name(period: Period) -> Message:
    """Say a period: 「2026年」, 「2026年10月」, or from month to month."""
    first, last = period.first_month, period.last_month
    if first == last:
        return msg("%(year)s年%(month)s月", year=first.year, month=first.month)
    if (first.month, last.month, first.year) == (1, 12, last.year):
        return msg("%(year)s年", year=first.year)
    return msg(
        "%(first_year)s年%(first)s月至%(last_year)s年%(last)s月",
        first_year=first.year,
        first=first.month,
        last_year=last.year,
        last=last.month,
    )


def _narrow(selection: Selection, rule: CountingRule) -> tuple[Selection, tuple[Message | Name, ...]]:
    atlas = places.atlas(read())
    told: list[Message | Name] = []
    for narrow in (_by_state, _by_stage, _by_evidence, _by_place, _by_industry):
        selection, said = narrow(selection, atlas)
        told += said
    if request.args.get("pairing"):
        selection, said = _by_pairing(selection, atlas)
        told += said
    if request.args.get("counted"):
        selection = replace(selection, counted_under=rule)
        told.append(msg("计入“%(rule)s”", rule=rule.name))
    return selection, tuple(told)


Narrowed = tuple[Selection, list[Message | Name]]


def _by_state(selection: Selection, _atlas: Atlas) -> Narrowed:
    state = _one_of(PairingState, request.args.get("state"))
    return replace(selection, pairing_state=state), [rules.STATE_NAMES[state]] if state else []


def _by_stage(selection: Selection, _atlas: Atlas) -> Narrowed:
    stage = _one_of(Stage, request.args.get("stage"))
    return replace(selection, stage=stage), [rules.STAGE_NAMES[stage]] if stage else []


def _by_evidence(selection: Selection, _atlas: Atlas) -> Narrowed:
    evidence = _one_of(CustodyEvidence, request.args.get("evidence"))
    return replace(selection, evidence=evidence), [rules.EVIDENCE_NAMES[evidence]] if evidence else []


def _by_place(selection: Selection, atlas: Atlas) -> Narrowed:
    told: list[Message | Name] = []
    for code in (request.args.get("prefecture"), request.args.get("county")):
        if not code:
            continue
        division = atlas.find(code)
        if division is None or not _is_reached(selection, code, atlas):
            raise NotFound
        if division.level is Level.PREFECTURE:
            selection = replace(selection, prefecture_code=division.code)
        else:
            selection = replace(selection, county_code=division.code)
        told.append(division.name)
    return selection, told


def _by_industry(selection: Selection, _atlas: Atlas) -> Narrowed:
    code = request.args.get("industry")
    if not code:
        return selection, []
    if code == OTHER_INDUSTRIES:
        return replace(selection, without_industry=True), [msg("十二大产业之外")]
    industry = catalogue.reference(read()).industries.get(code)
    if industry is None:
        raise NotFound
    return replace(selection, industry_code=code), [industry.name]


def _by_pairing(selection: Selection, atlas: Atlas) -> Narrowed:
    code = request.args["pairing"]
    found = [one for one in atlas.pairings if one.code == code]
    if not found or not _is_reached(selection, found[0].gz_code, atlas):
        raise NotFound
    if selection.cities is not None and found[0].gd_code not in selection.cities:
        raise NotFound
    label = msg(
        "%(city)s—%(prefecture)s",
        city=atlas.division(found[0].gd_code).short_name,
        prefecture=atlas.division(found[0].gz_code).short_name,
    )
    return replace(selection, pairing_ids=frozenset(one.id for one in found)), [label]


def _is_reached(selection: Selection, code: str, atlas: Atlas) -> bool:
    return selection.origins is None or any(atlas.within(one, code) for one in selection.origins)


def _one_of(kind: type[E], text: str | None) -> E | None:
    """Read one of a kind; an unknown word is a page that does not exist."""
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise NotFound from None


def row_narrowing(by: Dimension, key: str, state: PairingState | None) -> Mapping[str, str | None]:
    """Say what an address must carry to ask for one row of a table."""
    if by is Dimension.MONTH:
        return {"period": key}
    if by is Dimension.PAIRING:
        code = key.partition("~")[0]
        return {"state": state, "pairing": None if code == state else code}
    return {str(by): key}
