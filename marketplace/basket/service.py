"""Writes of baskets: opened on the first thing put in, merged when the visitor signs in."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from marketplace.basket import rules
from marketplace.basket.models import BasketLineRow, BasketRow
from marketplace.basket.queries import basket_from_row, find_basket
from marketplace.basket.refusals import BadQuantity, BasketFull, NotForSale, UnknownBasket, UnknownLine
from marketplace.basket.types import Basket, BasketId, BasketLine
from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import OfferId, OfferStatus, VariantId
from marketplace.kernel import idempotency, ids, time


def open_for(session: Session, token: str | None, person_id: int | None) -> Basket:
    """Return the basket of a person or a visitor, opening one where there is none.

    A token that opens nothing is never taken over: the visitor gets a new one for the cookie.
    """
    found = find_basket(session, token, person_id)
    if found is not None:
        return found
    values: dict[str, Any] = {"token": None, "person_id": person_id, "changed_at": time.now()}
    if person_id is None:
        values["token"] = ids.new_token()
    session.execute(insert(BasketRow).values(**values).on_conflict_do_nothing())
    opened = find_basket(session, values["token"], person_id)
    assert opened is not None
    return opened


def put(
    session: Session,
    basket_id: BasketId,
    variant_id: VariantId,
    quantity: int = 1,
    *,
    offer_id: OfferId | None = None,
    key: str | None = None,
) -> Basket:
    """Put packs in, adding to what is there; the same ``key`` puts them in once.

    Refuses NotForSale, BadQuantity, BasketFull, UnknownBasket.
    """
    if key is None:
        _put(session, basket_id, (variant_id, offer_id), quantity)
    else:
        request = {"variant": variant_id, "offer": offer_id, "quantity": quantity}

        def effect() -> dict[str, Any]:
            _put(session, basket_id, (variant_id, offer_id), quantity)
            return {}

        idempotency.once(session, f"basket:{basket_id}", key, request, effect)
    return _read(session, basket_id)


def set_quantity(session: Session, basket_id: BasketId, no: int, quantity: int) -> Basket:
    """Set a line to a number of packs; zero takes it out. Refuses BadQuantity, UnknownLine."""
    if quantity == 0:
        return remove(session, basket_id, no)
    if not rules.fits(quantity):
        raise BadQuantity
    _lock(session, basket_id)
    changed = session.execute(
        update(BasketLineRow)
        .where(BasketLineRow.basket_id == basket_id, BasketLineRow.no == no)
        .values(quantity=quantity)
        .returning(BasketLineRow.no)
    ).first()
    if changed is None:
        raise UnknownLine
    return _read(session, basket_id)


def remove(session: Session, basket_id: BasketId, no: int) -> Basket:
    """Take a line out; taking it out twice is the same as once."""
    _lock(session, basket_id)
    session.execute(delete(BasketLineRow).where(BasketLineRow.basket_id == basket_id, BasketLineRow.no == no))
    return _read(session, basket_id)


def clear(session: Session, basket_id: BasketId) -> Basket:
    """Empty a basket, as when its order is placed."""
    _lock(session, basket_id)
    session.execute(delete(BasketLineRow).where(BasketLineRow.basket_id == basket_id))
    return _read(session, basket_id)


def merge(session: Session, token: str | None, person_id: int) -> Basket:
    """Bring a visitor's basket into their account at sign-in: quantities are added up, within the limits.

    The visitor's basket is gone afterwards, so that doing it twice adds nothing.
    """
    kept = open_for(session, None, person_id)
    brought = None if token is None else find_basket(session, token, None)
    if brought is None:
        return kept
    for basket_id in sorted((kept.id, brought.id)):
        _lock(session, basket_id)
    lines = rules.merged(_read(session, kept.id).lines, _read(session, brought.id).lines)
    session.execute(delete(BasketRow).where(BasketRow.id == brought.id))
    session.execute(delete(BasketLineRow).where(BasketLineRow.basket_id == kept.id))
    _write(session, kept.id, lines)
    return _read(session, kept.id)


def purge(session: Session, before: datetime) -> int:
    """Delete visitors' baskets that nobody has touched since an instant; returns how many."""
    gone = session.execute(
        delete(BasketRow)
        .where(BasketRow.token.is_not(None), BasketRow.changed_at < before)
        .returning(BasketRow.id)
    )
    return len(gone.all())


def _put(
    session: Session, basket_id: BasketId, line: tuple[VariantId, OfferId | None], quantity: int
) -> None:
    if not rules.fits(quantity):
        raise BadQuantity
    variant_id, offer_id = line
    _check_for_sale(session, variant_id, offer_id)
    _lock(session, basket_id)
    there = session.scalars(
        select(BasketLineRow)
        .where(
            BasketLineRow.basket_id == basket_id,
            BasketLineRow.variant_id == variant_id,
            BasketLineRow.offer_id.is_not_distinct_from(offer_id),
        )
        .execution_options(populate_existing=True)
    ).first()
    if there is not None:
        if not rules.fits(there.quantity + quantity):
            raise BadQuantity
        there.quantity += quantity
        session.flush()
        return
    lines, last = session.execute(
        select(func.count(), func.coalesce(func.max(BasketLineRow.no), 0)).where(
            BasketLineRow.basket_id == basket_id
        )
    ).one()
    if lines >= rules.MAX_LINES:
        raise BasketFull
    _write(
        session,
        basket_id,
        (BasketLine(no=last + 1, variant_id=variant_id, offer_id=offer_id, quantity=quantity),),
    )


def _check_for_sale(session: Session, variant_id: VariantId, offer_id: OfferId | None) -> None:
    offers = catalogue.offers_of_variants(session, [variant_id])[variant_id]
    if not any(offer.status is OfferStatus.LISTED and offer_id in {None, offer.id} for offer in offers):
        raise NotForSale


def _lock(session: Session, basket_id: BasketId) -> None:
    """Let changes of one basket come one after another, and remember when it last changed."""
    touched = session.execute(
        update(BasketRow)
        .where(BasketRow.id == basket_id)
        .values(changed_at=time.now())
        .returning(BasketRow.id)
    ).first()
    if touched is None:
        raise UnknownBasket


def _write(session: Session, basket_id: BasketId, lines: tuple[BasketLine, ...]) -> None:
    if lines:
        session.execute(
            insert(BasketLineRow),
            [
                {
                    "basket_id": basket_id,
                    "no": line.no,
                    "variant_id": line.variant_id,
                    "offer_id": line.offer_id,
                    "quantity": line.quantity,
                    "put_at": line.put_at or time.now(),
                }
                for line in lines
            ],
        )


def _read(session: Session, basket_id: BasketId) -> Basket:
    row = session.get(BasketRow, basket_id)
    if row is None:
        raise UnknownBasket
    return basket_from_row(session, row)
