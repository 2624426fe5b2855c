"""Whose basket a request means: the person's who signed in, else the visitor's of the cookie.

The cookie holds the basket's token, signed: a made-up one never reaches the database.
"""

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from marketplace.basket import queries as baskets
from marketplace.basket import service as basket_service
from marketplace.basket.types import Basket
from marketplace.parties.types import PersonId
from marketplace.web import guard, visitor
from marketplace.web.database import write


def current(session: Session) -> Basket:
    """Return the basket of this request, an empty one where there is none."""
    return baskets.get_basket(session, *_owner())


def count(session: Session) -> int:
    """Return how many packs are in it."""
    return baskets.count(session, *_owner())


def opened(session: Session) -> Basket:
    """Return the basket to put something into, opening one where there is none."""
    return basket_service.open_for(session, *_owner())


def remember(answer: Response, basket: Basket) -> None:
    """Give a visitor the cookie that finds the basket again."""
    if basket.token is not None and basket.token != _token():
        visitor.remember(answer, visitor.BASKET_COOKIE, str(_signer().dumps(basket.token)))


def bring(answer: Response, person_id: PersonId) -> None:
    """At sign-in: bring what the visitor put in into the person's basket, and forget the visitor's."""
    token = _token()
    if token is not None:
        write(lambda session: basket_service.merge(session, token, person_id))
        visitor.forget(answer, visitor.BASKET_COOKIE)


def _owner() -> tuple[str | None, int | None]:
    person = guard.current_person()
    return (None, person.id) if person else (_token(), None)


def _token() -> str | None:
    kept = request.cookies.get(visitor.BASKET_COOKIE)
    if not kept:
        return None
    try:
        token = _signer().loads(kept)
    except BadSignature:
        return None
    return token if isinstance(token, str) else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="basket")
