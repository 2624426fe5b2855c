"""Standing offers change: price, terms, on and off sale; one or very many of them in a few statements."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from marketplace.catalogue import rules
from marketplace.catalogue.models import OfferRow
from marketplace.catalogue.queries.goods import products_by_id, variants_by_id
from marketplace.catalogue.queries.resuming import resume_problems
from marketplace.catalogue.queries.rows import offer_from_row
from marketplace.catalogue.refusals import OfferNotFound, OfferTermsWrong, PriceOutsideBand, StatusMovedOn
from marketplace.catalogue.types import (
    Offer,
    OfferChange,
    OfferStatus,
    OfferTerms,
    Product,
    ProductId,
    Variant,
    VariantId,
)
from marketplace.kernel import changes, journal, time
from marketplace.kernel.locking import locked

_COLUMNS = {
    "id": "bigint",
    "price_fen": "bigint",
    "minimum": "bigint",
    "lead_days": "smallint",
    "daily_capacity": "bigint",
    "cut_off_hour": "smallint",
    "serves_hong_kong_macao": "boolean",
    "status": "text",
}
_WRITTEN = [name for name in _COLUMNS if name != "id"]
# One statement however many offers: an UPDATE a row took three minutes of a spreadsheet's five.
_CHANGE = text(
    f"UPDATE catalogue_offer SET {', '.join(f'{name} = change.{name}' for name in _WRITTEN)} "  # noqa: S608 - own names
    f"FROM unnest({', '.join(f'CAST(:{name} AS {kind}[])' for name, kind in _COLUMNS.items())}) "
    f"AS change({', '.join(_COLUMNS)}) WHERE catalogue_offer.id = change.id"
)


def change_offers(session: Session, wanted: Sequence[OfferChange]) -> list[Offer]:
    """Change many offers or none, each named once; returns them as they are then, in the order given.

    Refuses (OfferNotFound, StatusMovedOn, PriceOutsideBand, OfferTermsWrong) and, for what is put on sale
    again, what ``resume_problems`` says.
    """
    if not wanted:
        return []
    rows = locked(session, OfferRow, [one.offer_id for one in wanted], OfferNotFound)
    products = products_by_id(session, {ProductId(row.product_id) for row in rows.values()})
    variants = variants_by_id(session, {VariantId(row.variant_id) for row in rows.values()})
    resumed = [one.offer_id for one in wanted if one.status is OfferStatus.LISTED]
    for problem in (resume_problems(session, resumed, time.now()) if resumed else {}).values():
        raise problem
    for one in wanted:
        row = rows[one.offer_id]
        _check(row, one, variants[VariantId(row.variant_id)], products[ProductId(row.product_id)])
    _write(session, [(rows[one.offer_id], one) for one in wanted])
    changes.record(session, "offer", list(rows))
    return [offer_from_row(rows[one.offer_id]) for one in wanted]


def _check(row: OfferRow, wanted: OfferChange, variant: Variant, product: Product) -> None:
    """Refuse what a standing offer cannot become."""
    is_barred = wanted.status is not None and wanted.status not in rules.OFFER_TRANSITIONS[_status(row)]
    if is_barred or row.status == OfferStatus.WITHDRAWN:
        raise StatusMovedOn
    if wanted.price_fen is not None:
        problem = rules.price_problem(variant, wanted.price_fen)
        if problem is not None:
            raise PriceOutsideBand(problem)
        problem = rules.ladder_problem(offer_from_row(row).selling.ladder, wanted.price_fen)
        if problem is not None:
            raise OfferTermsWrong(problem, field="price")
    if wanted.terms is not None:
        problem = rules.terms_problem(wanted.terms)
        if problem is not None:
            raise OfferTermsWrong(problem)
        problem = rules.border_problem(product, _terms(row), wanted.terms)
        if problem is not None:
            raise OfferTermsWrong(problem, field="serves_hong_kong_macao")


def _values(row: OfferRow, wanted: OfferChange) -> dict[str, Any]:
    """Return every column that changes may touch, as it is to be."""
    terms = wanted.terms or _terms(row)
    return {
        "id": row.id,
        "price_fen": row.price_fen if wanted.price_fen is None else wanted.price_fen,
        **{one.name: getattr(terms, one.name) for one in fields(OfferTerms)},
        "status": str(wanted.status or row.status),
    }


def _write(session: Session, changed: Sequence[tuple[OfferRow, OfferChange]]) -> None:
    """Write the rows in one statement, and a line in the journal for each thing that was done."""
    written = [_values(row, wanted) for row, wanted in changed]
    session.execute(_CHANGE, {name: [values[name] for values in written] for name in _COLUMNS})
    said = [(row.id, *line) for row, wanted in changed for line in _said(row, wanted)]
    journal.write_many(session, "offer", said)
    for (row, _wanted), values in zip(changed, written, strict=True):
        for name in _WRITTEN:
            set_committed_value(row, name, values[name])


def _said(row: OfferRow, wanted: OfferChange) -> list[tuple[str, dict[str, Any]]]:
    said: list[tuple[str, dict[str, Any]]] = []
    if wanted.price_fen is not None:
        said.append(("price_changed", {"former_fen": row.price_fen, "price_fen": wanted.price_fen}))
    if wanted.terms is not None:
        terms = wanted.terms
        said.append(("terms_changed", {one.name: getattr(terms, one.name) for one in fields(OfferTerms)}))
    if wanted.status is OfferStatus.PAUSED:
        said.append(("paused", {"reason": wanted.reason}))
    if wanted.status is OfferStatus.LISTED:
        said.append(("resumed", {}))
    return said


def _terms(row: OfferRow) -> OfferTerms:
    return OfferTerms(**{one.name: getattr(row, one.name) for one in fields(OfferTerms)})


def _status(row: OfferRow) -> OfferStatus:
    return OfferStatus(row.status)
