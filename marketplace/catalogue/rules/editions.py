"""Editions of the 名优产品目录: who nominates and reviews, what fits, in which order, what came and left.

The two provinces establish and publish it together (policy art. 7): neither's word is enough alone.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import rfc8785

from marketplace.catalogue.types import (
    Criterion,
    CriterionCheck,
    Departure,
    Edition,
    EditionState,
    Entry,
    Finding,
    Left,
    Nomination,
    NominationState,
    Product,
    ProductId,
    ProductStatus,
    Publication,
    Review,
    Verdict,
)
from marketplace.kernel.message import Name
from marketplace.parties.types import Scope
from marketplace.places.atlas import Atlas
from marketplace.places.types import Division, DivisionCode, Level, Side

EDITION_TRANSITIONS: Mapping[EditionState, frozenset[EditionState]] = {
    EditionState.NOMINATING: frozenset({EditionState.REVIEWING}),
    EditionState.REVIEWING: frozenset({EditionState.NOMINATING, EditionState.PUBLISHED}),
    EditionState.PUBLISHED: frozenset(),
}
NOMINATION_TRANSITIONS: Mapping[NominationState, frozenset[NominationState]] = {
    NominationState.NOMINATED: frozenset(
        {NominationState.WITHDRAWN, NominationState.APPROVED, NominationState.REFUSED}
    ),
    NominationState.APPROVED: frozenset({NominationState.DROPPED}),
    NominationState.WITHDRAWN: frozenset(),
    NominationState.REFUSED: frozenset(),
    NominationState.DROPPED: frozenset(),
}
SIDES = (Side.GUIZHOU, Side.GUANGDONG)
"""The provinces that review, in the order in which pages name them."""

SCHEMA = "qianhuo-ruyue/catalogue-edition/1"


def nominating_county(scope: Scope, atlas: Atlas) -> DivisionCode | None:
    """Return the Guizhou county whose goods an official of this scope nominates; None for all others."""
    division = atlas.find(scope.division_code or "")
    if division is None or division.level is not Level.COUNTY or division.side is not Side.GUIZHOU:
        return None
    return division.code


def reviewing_side(scope: Scope, atlas: Atlas) -> Side | None:
    """Return the province for which an official of this scope reviews; None for all below a province."""
    division = atlas.find(scope.division_code or "")
    if division is None or division.level is not Level.PROVINCE or division.side not in SIDES:
        return None
    return division.side


def findings(
    criteria: Iterable[Criterion], product: Product, county: Division, scheme_codes: Collection[str]
) -> tuple[Finding, ...]:
    """Hold goods against criteria; ``scheme_codes`` are those of the certificates valid for them now."""
    return tuple(
        Finding(criterion=one, is_met=_is_met(one, product, county, scheme_codes)) for one in criteria
    )


def unmet(found: Iterable[Finding]) -> Criterion | None:
    """Return the first criterion that goods do not meet; what people judge is left to them."""
    return next((one.criterion for one in found if one.is_met is False), None)


def _is_met(
    criterion: Criterion, product: Product, county: Division, scheme_codes: Collection[str]
) -> bool | None:
    match criterion.check:
        case CriterionCheck.LISTED:
            return product.status is ProductStatus.LISTED
        case CriterionCheck.ORIGIN:
            return county.side is Side.GUIZHOU and county.level is Level.COUNTY
        case CriterionCheck.SELLABLE:
            return product.consumer_sellable
        case CriterionCheck.CERTIFIED:
            return not set(criterion.scheme_codes).isdisjoint(scheme_codes)
        case CriterionCheck.JUDGED:
            return None


def state_after(reviews: Collection[Review]) -> NominationState:
    """Return where reviews leave a nomination: one refusal refuses it, approval takes both provinces."""
    if any(one.verdict is Verdict.REFUSE for one in reviews):
        return NominationState.REFUSED
    if {one.side for one in reviews} >= set(SIDES):
        return NominationState.APPROVED
    return NominationState.NOMINATED


def in_numbered_order(products: Iterable[Product], atlas: Atlas) -> list[Product]:
    """Order goods as an edition numbers them: prefecture by prefecture, county by county, then by number."""
    return sorted(
        products, key=lambda one: (atlas.prefecture_of(one.county_code), one.county_code, one.number)
    )


def left(
    former: Iterable[Entry],
    listed: Collection[ProductId],
    nominations: Mapping[ProductId, Nomination],
    unfit: Mapping[ProductId, Criterion],
) -> tuple[Left, ...]:
    """Say of each entry of the former edition that is not listed any more why it left.

    ``nominations`` are the latest of each product in this edition, ``unfit`` what those no longer met that
    were approved.
    """
    return tuple(
        _left(one, nominations.get(one.product_id), unfit.get(one.product_id))
        for one in former
        if one.product_id not in listed
    )


def _left(entry: Entry, nomination: Nomination | None, criterion: Criterion | None) -> Left:
    why, side, detail = Departure.NOT_NOMINATED, None, ""
    if criterion is not None:
        why, detail = Departure.UNFIT, criterion.code
    elif nomination is not None and nomination.state is NominationState.WITHDRAWN:
        why = Departure.WITHDRAWN
    elif nomination is not None and nomination.state is NominationState.REFUSED:
        refusal = next(one for one in nomination.reviews if one.verdict is Verdict.REFUSE)
        why, side, detail = Departure.REFUSED, refusal.side, refusal.reason
    return Left(
        former_no=entry.no,
        product_id=entry.product_id,
        product_number=entry.product_number,
        name=entry.name,
        county_code=entry.county_code,
        why=why,
        side=side,
        detail=detail,
    )


def document(
    edition: Edition, publication: Publication, entries: Sequence[Entry], gone: Sequence[Left]
) -> dict[str, Any]:
    """Return all that an edition publishes as plain JSON values; its canonical bytes have the digest.

    The digest itself cannot stand in it; that of the edition before does, so that editions form a chain.
    """
    return {
        "schema": SCHEMA,
        "is_demo": edition.is_demo,
        "year": edition.year,
        "issue_no": publication.issue_no,
        "published_at": publication.published_at.isoformat(),
        "former_digest": publication.former_digest,
        "reviewed_by": [str(one) for one in SIDES],
        "criteria": [one.as_json() for one in edition.criteria],
        "entries": [_entry(one) for one in entries],
        "left": [_gone(one) for one in gone],
    }


def canonical(content: Mapping[str, Any]) -> bytes:
    """Write a document as the bytes whose SHA-256 is published (RFC 8785)."""
    encoded: bytes = rfc8785.dumps(dict(content))
    return encoded


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "no": one.no,
        "product_number": one.product_number,
        "name": _name(one.name),
        "county_code": one.county_code,
        "prefecture_code": one.prefecture_code,
        "industry_code": one.industry_code,
        "certificates": [
            {"scheme_code": held.scheme_code, "number": held.number} for held in one.certificates
        ],
        "former_no": one.former_no,
    }


def _gone(one: Left) -> dict[str, Any]:
    return {
        "former_no": one.former_no,
        "product_number": one.product_number,
        "name": _name(one.name),
        "county_code": one.county_code,
        "why": str(one.why),
        "side": None if one.side is None else str(one.side),
        "detail": one.detail,
    }


def _name(name: Name) -> dict[str, str]:
    return {"zh-Hans": name.hans, "en": name.en}
