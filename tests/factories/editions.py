"""Editions for tests: officials of both provinces and of a county, and goods that meet every criterion."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.catalogue import service
from marketplace.catalogue.types import (
    Criterion,
    CriterionCheck,
    Edition,
    Entry,
    Nomination,
    NominationId,
    NominationState,
    Product,
    ProductId,
    Review,
    Verdict,
)
from marketplace.catalogue.types.editions import EditionId
from marketplace.kernel.message import Name
from marketplace.parties import queries as parties
from marketplace.parties import service as register
from marketplace.parties.types import Actor, PersonId, Role, Scope
from marketplace.places.types import DivisionCode, Side
from tests.factories.catalogue import make_certificate, make_offer, make_product, make_variant, rows
from tests.factories.parties import make_member
from tests.factories.places import CONGJIANG, QIANDONGNAN

GUIZHOU, GUANGDONG = DivisionCode("520000"), DivisionCode("440000")


def make_official(session: Session, *divisions: DivisionCode) -> Actor:
    """Register an official with one office for each division."""
    person, party, _first = make_member(session, Role.OFFICIAL, scope=Scope(division_code=divisions[0]))
    for one in divisions[1:]:
        register.add_member(session, person.id, party.id, Role.OFFICIAL, Scope(division_code=one))
    return parties.actor(session, person.id)


def make_operator(session: Session) -> Actor:
    person, _party, _member = make_member(session, Role.OPERATOR)
    return parties.actor(session, person.id)


def make_good(session: Session, **overrides: Any) -> Product:
    """Make goods that meet every criterion: listed, offered, with a valid 圳品 certificate."""
    product = make_product(session, **overrides)
    offer = make_offer(session, make_variant(session, product))
    holder = parties.get_party(session, offer.cooperative_id)
    make_certificate(session, holder, product_ids=(product.id,))
    return product


def load_criteria(session: Session) -> None:
    service.load_criteria(session, rows().reference.criteria)


def publish(session: Session, year: int, goods: list[Product]) -> Edition:
    """Bring an edition of these goods all the way; each province has an official of its own."""
    operator = make_operator(session)
    edition = service.open_edition(session, year, operator.person)
    found = [service.nominate(session, edition.id, one.id, operator, "") for one in goods]
    service.close_nominations(session, edition.id)
    for code, side in ((GUIZHOU, Side.GUIZHOU), (GUANGDONG, Side.GUANGDONG)):
        official = make_official(session, code)
        service.approve_nominations(session, [one.id for one in found], official, side)
    return service.publish_edition(session, edition.id, operator.person)


def criterion(check: CriterionCheck, *scheme_codes: str) -> Criterion:
    return Criterion(
        code=str(check),
        order_no=1,
        check=check,
        scheme_codes=scheme_codes,
        text=Name("条件", "", "Criterion"),
        source=Name("依据", "", "Source"),
    )


def review(side: Side, verdict: Verdict = Verdict.APPROVE, reason: str = "") -> Review:
    return Review(
        side=side, verdict=verdict, reason=reason, person_id=PersonId(1), at=datetime(2026, 11, 1, tzinfo=UTC)
    )


def nomination(state: NominationState, *reviews: Review, **overrides: Any) -> Nomination:
    made = Nomination(
        id=NominationId(1),
        edition_id=EditionId(1),
        product_id=ProductId(1),
        county_code=CONGJIANG,
        state=state,
        reason="",
        on_behalf=False,
        nominated_at=datetime(2026, 10, 1, tzinfo=UTC),
        reviews=reviews,
    )
    return replace(made, **overrides)


def entry(no: int, product_id: int, **overrides: Any) -> Entry:
    made = Entry(
        no=no,
        product_id=ProductId(product_id),
        product_number=f"P9{product_id:05d}",
        name=Name(f"山果{product_id}（演示）", "", f"Hill fruit {product_id} (demo)"),
        county_code=CONGJIANG,
        prefecture_code=QIANDONGNAN,
        industry_code="fruit",
        certificates=(),
        former_no=None,
    )
    return replace(made, **overrides)
