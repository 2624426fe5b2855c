"""Reads of baskets."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from marketplace.basket.models import BasketLineRow, BasketRow
from marketplace.basket.types import Basket, BasketId, BasketLine
from marketplace.catalogue.types import OfferId, VariantId
from marketplace.parties.types import PersonId

EMPTY = Basket(id=BasketId(0), token=None, person_id=None, lines=())
"""The basket of somebody who has put nothing in yet: no row exists, reading makes none."""


def find_basket(session: Session, token: str | None, person_id: int | None) -> Basket | None:
    """Return a person's basket, or a visitor's by the token of the cookie."""
    condition = _owned_by(token, person_id)
    if condition is None:
        return None
    row = session.scalars(
        select(BasketRow).where(condition).execution_options(populate_existing=True)
    ).first()
    return None if row is None else basket_from_row(session, row)


def get_basket(session: Session, token: str | None, person_id: int | None) -> Basket:
    """Return the basket, or an empty one."""
    return find_basket(session, token, person_id) or EMPTY


def count(session: Session, token: str | None, person_id: int | None) -> int:
    """Return the number of packs in a basket, for the badge on every page."""
    condition = _owned_by(token, person_id)
    if condition is None:
        return 0
    total = session.scalar(
        select(func.sum(BasketLineRow.quantity))
        .join(BasketRow, BasketRow.id == BasketLineRow.basket_id)
        .where(condition)
    )
    return int(total or 0)


def basket_from_row(session: Session, row: BasketRow) -> Basket:
    lines = session.execute(
        select(
            BasketLineRow.no,
            BasketLineRow.variant_id,
            BasketLineRow.offer_id,
            BasketLineRow.quantity,
            BasketLineRow.put_at,
        )
        .where(BasketLineRow.basket_id == row.id)
        .order_by(BasketLineRow.no)
    )
    return Basket(
        id=BasketId(row.id),
        token=row.token,
        person_id=None if row.person_id is None else PersonId(row.person_id),
        lines=tuple(
            BasketLine(
                no=no,
                variant_id=VariantId(variant_id),
                offer_id=None if offer_id is None else OfferId(offer_id),
                quantity=quantity,
                put_at=put_at,
            )
            for no, variant_id, offer_id, quantity, put_at in lines
        ),
    )


def _owned_by(token: str | None, person_id: int | None) -> ColumnElement[bool] | None:
    if person_id is not None:
        return BasketRow.person_id == person_id
    return None if token is None else BasketRow.token == token
