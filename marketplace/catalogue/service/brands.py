"""Writes of brands: registered, reviewed, ended; their use asked for and decided by their holders."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.catalogue import rules
from marketplace.catalogue.models import BrandProductRow, BrandRow, BrandUseRow, OfferRow
from marketplace.catalogue.named import (
    BrandExists,
    BrandMovedOn,
    BrandNotFound,
    BrandUseExists,
    BrandUseNotFound,
    BrandWrong,
)
from marketplace.catalogue.queries.brands import get_brand, get_use
from marketplace.catalogue.service.reference import names
from marketplace.catalogue.types import (
    Authorisation,
    Brand,
    BrandDraft,
    BrandId,
    BrandState,
    BrandUse,
    BrandUseId,
    OfferStatus,
    ProductId,
    UseState,
)
from marketplace.kernel import changes, journal, time
from marketplace.kernel.message import msg
from marketplace.parties.types import PartyId
from marketplace.places import queries as places


def submit_brand(session: Session, draft: BrandDraft, *, is_checked: bool = False) -> Brand:
    """Register a brand: for the operator to review, or listed at once where the operator has checked it.

    Refuses (BrandWrong, UnknownPlace) and (BrandExists) the same name of the same kind twice.
    """
    problem = rules.brand_problem(draft)
    if problem is not None:
        raise BrandWrong(problem[1], field=problem[0])
    if draft.division_code is not None:
        places.atlas(session).division(draft.division_code)
    brand_id = session.scalar(
        insert(BrandRow)
        .values(
            kind=draft.kind,
            **names("name", draft.name),
            holder_id=draft.holder_id,
            holder_name=draft.holder_name,
            division_code=draft.division_code,
            registration=draft.registration,
            state=BrandState.LISTED if is_checked else BrandState.SUBMITTED,
            reason="",
            submitted_at=time.now(),
        )
        .on_conflict_do_nothing()
        .returning(BrandRow.id)
    )
    if brand_id is None:
        raise BrandExists
    journal.write(session, "brand", brand_id, "listed" if is_checked else "submitted")
    if is_checked:
        changes.record(session, "brand", [brand_id])
    return get_brand(session, BrandId(brand_id))


def list_brand(session: Session, brand_id: BrandId) -> Brand:
    """Accept a submitted brand: its holder may let others use it. Refuses (BrandMovedOn)."""
    return _moved(session, brand_id, BrandState.LISTED, "listed", "")


def refuse_brand(session: Session, brand_id: BrandId, reason: str) -> Brand:
    return _moved(session, brand_id, BrandState.REFUSED, "refused", reason)


def end_brand(session: Session, brand_id: BrandId, reason: str) -> Brand:
    """Take a brand off every product at once; refuses (BrandMovedOn)."""
    return _moved(session, brand_id, BrandState.ENDED, "ended", reason)


def ask_use(
    session: Session, brand_id: BrandId, user_id: PartyId, product_ids: Collection[ProductId], note: str
) -> BrandUse:
    """Ask a holder to let a cooperative use a brand on goods it offers; a holder's own goods need no word.

    Refuses (BrandNotFound) what is not listed, (BrandWrong) goods it does not offer, and (BrandUseExists).
    """
    brand = get_brand(session, brand_id)
    if brand.state is not BrandState.LISTED:
        raise BrandNotFound
    _check_goods(session, user_id, product_ids)
    use_id = session.scalar(
        insert(BrandUseRow)
        .values(
            brand_id=brand_id,
            user_id=user_id,
            state=UseState.ASKED,
            note=note,
            document="",
            reason="",
            asked_at=time.now(),
        )
        .on_conflict_do_nothing()
        .returning(BrandUseRow.id)
    )
    if use_id is None:
        raise BrandUseExists
    session.add_all(BrandProductRow(use_id=use_id, product_id=one) for one in sorted(set(product_ids)))
    session.flush()
    journal.write(session, "brand_use", use_id, "asked", note=note)
    if brand.holder_id == user_id:
        own = Authorisation(valid_from=time.today(), valid_to=None, document="")
        return authorise_use(session, BrandUseId(use_id), user_id, own)
    return get_use(session, use_id)


def authorise_use(
    session: Session, use_id: BrandUseId, holder_id: PartyId | None, word: Authorisation
) -> BrandUse:
    """Give the holder's word; ``holder_id`` None is the operator's, on paper of a holder without account.

    Refuses (BrandUseNotFound) other holders' brands, (BrandWrong) a term that cannot be, (BrandMovedOn).
    """
    problem = rules.term_of_use_problem(word.valid_from, word.valid_to, time.today())
    if problem is not None:
        raise BrandWrong(problem, field="valid_to")
    if holder_id is None and not word.document:
        raise BrandWrong(msg("请填写授权书的编号或名称。"), field="document")
    row = _use_of(session, use_id, holder_id)
    _move_use(row, UseState.AUTHORISED)
    row.valid_from, row.valid_to, row.document = word.valid_from, word.valid_to, word.document
    until = "" if word.valid_to is None else word.valid_to.isoformat()
    return _use_changed(session, row, "authorised", document=word.document, until=until)


def refuse_use(session: Session, use_id: BrandUseId, holder_id: PartyId | None, reason: str) -> BrandUse:
    """Say the holder's no; refuses as ``authorise_use``."""
    row = _use_of(session, use_id, holder_id)
    _refuse_move(row, UseState.REFUSED)
    row.state, row.reason = UseState.REFUSED, reason
    return _use_changed(session, row, "refused", reason=reason)


def withdraw_use(session: Session, use_id: BrandUseId, holder_id: PartyId | None, reason: str) -> BrandUse:
    """Take the holder's word back: the brand leaves these goods at once. Refuses as ``authorise_use``."""
    row = _use_of(session, use_id, holder_id)
    _move_use(row, UseState.WITHDRAWN)
    row.reason = reason
    return _use_changed(session, row, "withdrawn", reason=reason)


def _check_goods(session: Session, user_id: PartyId, product_ids: Collection[ProductId]) -> None:
    if not product_ids:
        raise BrandWrong(msg("请选择用在哪些商品上。"), field="product")
    offered = set(
        session.scalars(
            select(OfferRow.product_id).where(
                OfferRow.cooperative_id == user_id,
                OfferRow.product_id.in_(set(product_ids)),
                OfferRow.status != OfferStatus.WITHDRAWN,
            )
        )
    )
    if offered != set(product_ids):
        raise BrandWrong(msg("只能用在自己报价的商品上。"), field="product")


def _moved(session: Session, brand_id: BrandId, wanted: BrandState, action: str, reason: str) -> Brand:
    row = session.scalars(
        select(BrandRow)
        .where(BrandRow.id == brand_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise BrandNotFound
    if wanted not in rules.BRAND_TRANSITIONS[BrandState(row.state)]:
        raise BrandMovedOn
    row.state, row.reason = wanted, reason
    session.flush()
    journal.write(session, "brand", row.id, action, reason=reason)
    changes.record(session, "brand", [row.id])
    used_on = select(BrandProductRow.product_id).join(BrandUseRow, BrandUseRow.id == BrandProductRow.use_id)
    changes.record(session, "product", list(session.scalars(used_on.where(BrandUseRow.brand_id == row.id))))
    return get_brand(session, brand_id)


def _use_of(session: Session, use_id: BrandUseId, holder_id: PartyId | None) -> BrandUseRow:
    """Lock a use of a brand of one holder; None names holders without an account."""
    row = session.scalars(
        select(BrandUseRow)
        .join(BrandRow, BrandRow.id == BrandUseRow.brand_id)
        .where(BrandUseRow.id == use_id, BrandRow.holder_id.is_not_distinct_from(holder_id))
        .with_for_update(of=BrandUseRow)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise BrandUseNotFound
    return row


def _refuse_move(row: BrandUseRow, wanted: UseState) -> None:
    if wanted not in rules.USE_TRANSITIONS[UseState(row.state)]:
        raise BrandMovedOn


def _move_use(row: BrandUseRow, wanted: UseState) -> None:
    _refuse_move(row, wanted)
    row.state = wanted


def _use_changed(session: Session, row: BrandUseRow, action: str, **detail: Any) -> BrandUse:
    row.decided_at = time.now()
    session.flush()
    journal.write(session, "brand_use", row.id, action, **detail)
    made = get_use(session, row.id)
    changes.record(session, "product", list(made.product_ids))
    return made
