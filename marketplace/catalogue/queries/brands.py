"""Reads of brands, of who may use one, and of what asks for a holder's word."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import ARRAY, BigInteger, ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import BrandProductRow, BrandRow, BrandUseRow, ProductRow
from marketplace.catalogue.named import BrandNotFound, BrandUseNotFound
from marketplace.catalogue.queries.naming import bears
from marketplace.catalogue.types import (
    Brand,
    BrandFilter,
    BrandId,
    BrandKind,
    BrandState,
    BrandUse,
    BrandUseId,
    ProductId,
    UseState,
)
from marketplace.kernel.message import Name
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.kernel.waiting import Queue, queue
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode


def get_brand(session: Session, brand_id: int) -> Brand:
    """Return a brand; refuses (BrandNotFound)."""
    row = session.get(BrandRow, brand_id, populate_existing=True)
    if row is None:
        raise BrandNotFound
    return brand_from_row(row)


def brands_by_id(session: Session, ids: Collection[int]) -> Mapping[BrandId, Brand]:
    rows = session.scalars(select(BrandRow).where(BrandRow.id.in_(set(ids))))
    return {BrandId(row.id): brand_from_row(row) for row in rows}


def list_brands(
    session: Session,
    wanted: BrandFilter,
    *,
    sought: Sought = ANY,
    page: int = 1,
    per_page: int = 30,
) -> Page[Brand]:
    """Return brands by kind, in the order in which they came."""
    where: list[ColumnElement[bool]] = []
    if wanted.states is not None:
        where.append(BrandRow.state.in_(wanted.states))
    if wanted.kind is not None:
        where.append(BrandRow.kind == wanted.kind)
    if wanted.holder_id is not None:
        where.append(BrandRow.holder_id == wanted.holder_id)
    if sought.text:
        where.append(bears(BrandRow, sought.text))
    order = in_order(_ORDERS, sought)
    found = read_page(session, Listing(select(BrandRow), BrandRow.id, where, order), page, per_page)
    return found.of([brand_from_row(row) for row, *_ in found.rows])


def brands_to_review() -> Queue:
    """Brands that cooperatives have submitted."""
    return queue(BrandRow.submitted_at, BrandRow.state == BrandState.SUBMITTED)


def get_use(session: Session, use_id: int) -> BrandUse:
    """Return a use; refuses (BrandUseNotFound)."""
    row = session.get(BrandUseRow, use_id, populate_existing=True)
    if row is None:
        raise BrandUseNotFound
    return _uses(session, [row])[0]


def uses_of_brand(
    session: Session, brand_id: BrandId, *, page: int = 1, per_page: int = 50
) -> Page[BrandUse]:
    """Return who may use a brand, by its holder's word."""
    which = (BrandUseRow.brand_id == brand_id) & (BrandUseRow.state == UseState.AUTHORISED)
    return _use_page(session, [which], ANY, page, per_page)


def uses_by(
    session: Session, user_id: PartyId, *, sought: Sought = ANY, page: int = 1, per_page: int = 50
) -> Page[BrandUse]:
    """Return what a cooperative has asked for, what waits for an answer first."""
    return _use_page(session, [BrandUseRow.user_id == user_id], sought, page, per_page)


def uses_to_decide(
    session: Session,
    holder_ids: Collection[PartyId] | None,
    *,
    by_others: bool = False,
    sought: Sought = ANY,
    page: int = 1,
    per_page: int = 30,
) -> Page[BrandUse]:
    """Return uses asked or granted of the brands of these holders; None: of holders without an account.

    ``by_others`` leaves out what a holder uses itself.
    """
    held = select(BrandRow.id)
    held = (
        held.where(BrandRow.holder_id.is_(None))
        if holder_ids is None
        else held.where(BrandRow.holder_id.in_(holder_ids))
    )
    which: list[ColumnElement[bool]] = [
        BrandUseRow.brand_id.in_(held),
        BrandUseRow.state.in_([UseState.ASKED, UseState.AUTHORISED]),
    ]
    if by_others and holder_ids is not None:
        which.append(BrandUseRow.user_id.not_in(holder_ids))
    return _use_page(session, which, sought, page, per_page)


def count_uses_asked(session: Session, holder_id: PartyId) -> int:
    """Count what waits for a holder's word."""
    held = select(BrandRow.id).where(BrandRow.holder_id == holder_id)
    asked = (BrandUseRow.brand_id.in_(held), BrandUseRow.state == UseState.ASKED)
    return session.scalar(select(func.count()).select_from(BrandUseRow).where(*asked)) or 0


def brands_beside(
    session: Session, product_ids: Collection[ProductId]
) -> Mapping[ProductId, tuple[tuple[Brand, BrandUse], ...]]:
    """Return the authorised uses of listed brands on products; each stands by ``rules.may_use``."""
    found: dict[ProductId, list[tuple[Brand, BrandUse]]] = {one: [] for one in product_ids}
    rows = session.execute(
        select(BrandProductRow.product_id, BrandRow, BrandUseRow)
        .join(BrandUseRow, BrandUseRow.id == BrandProductRow.use_id)
        .join(BrandRow, BrandRow.id == BrandUseRow.brand_id)
        .where(
            BrandProductRow.product_id.in_(found),
            BrandUseRow.state == UseState.AUTHORISED,
            BrandRow.state == BrandState.LISTED,
        )
        .order_by(BrandRow.kind.desc(), BrandRow.id)
    )
    for product_id, brand, use in rows:
        found[ProductId(product_id)].append(
            (brand_from_row(brand), _use(use, frozenset({ProductId(product_id)})))
        )
    return {key: tuple(value) for key, value in found.items()}


def authorised_uses(session: Session, user_id: PartyId) -> list[tuple[Brand, BrandUse]]:
    """Return a cooperative's authorised uses of listed brands; each stands by ``rules.may_use``."""
    rows = session.execute(
        select(BrandRow, BrandUseRow, func.array_agg(BrandProductRow.product_id))
        .join(BrandUseRow, BrandUseRow.brand_id == BrandRow.id)
        .join(BrandProductRow, BrandProductRow.use_id == BrandUseRow.id)
        .where(
            BrandUseRow.user_id == user_id,
            BrandUseRow.state == UseState.AUTHORISED,
            BrandRow.state == BrandState.LISTED,
        )
        .group_by(BrandRow.id, BrandUseRow.id)
        .order_by(BrandRow.kind.desc(), BrandRow.id)
    )
    return [
        (brand_from_row(brand), _use(use, frozenset(map(ProductId, products))))
        for brand, use, products in rows
    ]


_ORDERS = {
    "kind": (BrandRow.kind.desc(), BrandRow.id),
    "newest": (BrandRow.submitted_at.desc(), BrandRow.id.desc()),
}
# The states' names happen to stand in the order in which they are looked at: asked, authorised, what is over.
_USE_ORDERS = {
    "waiting": (BrandUseRow.state, BrandUseRow.id),
    "newest": (BrandUseRow.id.desc(),),
    "oldest": (BrandUseRow.id,),
}


def brand_from_row(row: BrandRow) -> Brand:
    return Brand(
        id=BrandId(row.id),
        kind=BrandKind(row.kind),
        name=Name(row.name_zh, row.name_zh_hant, row.name_en),
        holder_id=PartyId(row.holder_id) if row.holder_id is not None else None,
        holder_name=row.holder_name,
        division_code=DivisionCode(row.division_code) if row.division_code else None,
        registration=row.registration,
        state=BrandState(row.state),
        reason=row.reason,
        submitted_at=row.submitted_at,
    )


def _use_page(
    session: Session, which: list[ColumnElement[bool]], sought: Sought, page: int, per_page: int
) -> Page[BrandUse]:
    if sought.text:
        of_brand = exists().where(BrandRow.id == BrandUseRow.brand_id, bears(BrandRow, sought.text))
        on = select(BrandProductRow.product_id).where(BrandProductRow.use_id == BrandUseRow.id)
        which = [*which, or_(of_brand, exists().where(ProductRow.id.in_(on), bears(ProductRow, sought.text)))]
    order = in_order(_USE_ORDERS, sought)
    products = select(BrandProductRow.product_id).where(BrandProductRow.use_id == BrandUseRow.id)
    statement = select(BrandUseRow, func.array(products.scalar_subquery(), type_=ARRAY(BigInteger)))
    found = read_page(session, Listing(statement, BrandUseRow.id, which, order), page, per_page)
    return found.of([_use(row, frozenset(map(ProductId, named))) for row, named, *_ in found.rows])


def _uses(session: Session, rows: Iterable[BrandUseRow]) -> list[BrandUse]:
    found = list(rows)
    if not found:
        return []
    products: dict[int, set[ProductId]] = {row.id: set() for row in found}
    for use_id, product_id in session.execute(
        select(BrandProductRow.use_id, BrandProductRow.product_id).where(BrandProductRow.use_id.in_(products))
    ):
        products[use_id].add(ProductId(product_id))
    return [_use(row, frozenset(products[row.id])) for row in found]


def _use(row: BrandUseRow, product_ids: frozenset[ProductId]) -> BrandUse:
    return BrandUse(
        id=BrandUseId(row.id),
        brand_id=BrandId(row.brand_id),
        user_id=PartyId(row.user_id),
        product_ids=product_ids,
        state=UseState(row.state),
        note=row.note,
        document=row.document,
        reason=row.reason,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
    )
