"""名优产品目录 in the demonstration: last year's edition, this year's after it, next year's in review."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules, service
from marketplace.catalogue.types import Edition, Nomination, Product, ProductFilter
from marketplace.cli.demo.cast import Cast
from marketplace.cli.demo.certificates import acting
from marketplace.cli.demo.stage import Stage
from marketplace.parties import queries as parties
from marketplace.parties.types import Actor
from marketplace.places.types import Side

_GOODS = 36
"""So many goods at most are put forward: enough for every page, and quickly done."""
_EVERY = 4  # one in so many is new this year, and another is not nominated again
_REASONS = ("产量稳定，冷链可到（演示）", "去年大湾区回购多（演示）", "县里主推，已有统一包装（演示）")
_REFUSED = "供货批次太少，明年再提（演示）"
_NAMED = ("520324", "522631", "522632")
"""正安 黎平 榕江, named by the policy: their pages show what of theirs was published."""
_GUIZHOU, _GUANGDONG, _COUNTY = "DEMO-OFFICE-GZ", "DEMO-OFFICE-GD", "DEMO-OFFICE-CJ"


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who acts: the operator for counties without an account, one county, both provinces."""

    operator: Actor
    county: Actor
    provinces: dict[Side, Actor]

    @property
    def county_codes(self) -> frozenset[str | None]:
        return frozenset(scope.division_code for scope in self.county.scopes)


def publish_last_year(stage: Stage, cast: Cast) -> None:
    """Bring last year's edition from nomination to publication before the first order."""
    stage.at(stage.first, 8, 30)
    stage.write(lambda session: _publish(session, cast, stage.last.year - 1, is_first=True))


def publish_this_year(stage: Stage, cast: Cast, day: date) -> None:
    """Publish this year's edition: goods have come and gone since, one of them by a province's word."""
    stage.at(day, 8, 30)
    stage.write(lambda session: _publish(session, cast, stage.last.year, is_first=False))


def review_next_year(stage: Stage, cast: Cast) -> None:
    """Leave next year's edition to the provinces: Guizhou is half through, Guangdong refused one."""
    stage.at(stage.last, 19)
    stage.write(lambda session: _leave_to_review(session, cast, stage.last.year + 1))


def _publish(session: Session, cast: Cast, year: int, *, is_first: bool) -> None:
    desk = _desk(session, cast)
    edition = _open(session, desk, year)
    chosen = [one for place, one in enumerate(_fitting(session, desk, edition)) if _is_due(place, is_first)]
    found = _nominate(session, desk, edition, chosen)
    with acting(desk.operator.person.id):
        service.close_nominations(session, edition.id)
    if not is_first and len(found) > 1:
        refused = found.pop()
        with acting(desk.provinces[Side.GUANGDONG].person.id):
            service.refuse_nomination(
                session, refused.id, desk.provinces[Side.GUANGDONG], Side.GUANGDONG, _REFUSED
            )
    for side, official in desk.provinces.items():
        with acting(official.person.id):
            service.approve_nominations(session, [one.id for one in found], official, side)
    with acting(desk.operator.person.id):
        service.publish_edition(session, edition.id, desk.operator.person)


def _is_due(place: int, is_first: bool) -> bool:
    """Leave one in four out, and others the next time: so some come and some go."""
    return place % _EVERY != 1 if is_first else place % _EVERY != 2


def _leave_to_review(session: Session, cast: Cast, year: int) -> None:
    desk = _desk(session, cast)
    edition = _open(session, desk, year)
    chosen = [
        one
        for place, one in enumerate(_fitting(session, desk, edition))
        if place % _EVERY or one.county_code in desk.county_codes
    ]
    found = _nominate(session, desk, edition, chosen)
    with acting(desk.operator.person.id):
        service.close_nominations(session, edition.id)
    half = [one.id for one in found[: len(found) // 2]]
    with acting(desk.provinces[Side.GUIZHOU].person.id):
        service.approve_nominations(session, half, desk.provinces[Side.GUIZHOU], Side.GUIZHOU)
    with acting(desk.provinces[Side.GUANGDONG].person.id):
        service.refuse_nomination(
            session, found[-1].id, desk.provinces[Side.GUANGDONG], Side.GUANGDONG, _REFUSED
        )


def _open(session: Session, desk: _Desk, year: int) -> Edition:
    with acting(desk.operator.person.id):
        return service.open_edition(session, year, desk.operator.person)


def _fitting(session: Session, desk: _Desk, edition: Edition) -> list[Product]:
    """Return offered goods that meet what can be checked: first those of the county with an account."""
    offered = catalogue.list_products(session, ProductFilter(offered=True), 1, 300).items
    findings = catalogue.findings_of(session, edition.criteria, offered)
    fitting = [one for one in offered if rules.unmet(findings[one.id]) is None]
    near = (*desk.county_codes, *_NAMED)
    return sorted(fitting, key=lambda one: one.county_code not in near)[:_GOODS]


def _nominate(session: Session, desk: _Desk, edition: Edition, goods: Iterable[Product]) -> list[Nomination]:
    return [
        service.nominate(
            session,
            edition.id,
            one.id,
            desk.county if one.county_code in desk.county_codes else desk.operator,
            _REASONS[place % len(_REASONS)],
        )
        for place, one in enumerate(goods)
    ]


def _desk(session: Session, cast: Cast) -> _Desk:
    officials = {
        one.party.code: parties.actor(session, one.person.id)
        for one in cast.officials
        if one.party is not None
    }
    return _Desk(
        operator=parties.actor(session, cast.operators[0].person.id),
        county=officials[_COUNTY],
        provinces={Side.GUIZHOU: officials[_GUIZHOU], Side.GUANGDONG: officials[_GUANGDONG]},
    )
