"""Who is asking, and whether they may: asked here and nowhere else.

Every view carries one of three marks: ``@public``, ``@signed_in`` or ``@require(permission)``. A stranger is
led to the sign-in page and back; somebody without the permission sees 403; an object that does not exist or
belongs to another party is 404, both alike.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, ParamSpec, cast
from urllib.parse import quote, urlsplit

import structlog
from flask import Flask, Response, current_app, g, jsonify, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from marketplace.kernel.journal import acting_person
from marketplace.kernel.refusals import Forbidden, NotFound
from marketplace.parties import queries as parties
from marketplace.parties import rules
from marketplace.parties.types import Actor, PartyId, Permission, Person, Role, Scope
from marketplace.web.database import read

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
PartyOf = Callable[..., PartyId | Collection[PartyId] | None]

CHOSEN = "acting_for"
PUBLIC = "public"
SIGNED_IN = "signed_in"
PATH_MAX = 500
_NEVER_PERSONAL = frozenset({None, "assets.static_file", "assets.favicon"})


class _Visitor:
    """What Flask-Login keeps of a person: the id with the epoch of the session, beside the actor."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, actor: Actor, epoch: int) -> None:
        self.actor = actor
        self.epoch = epoch

    def get_id(self) -> str:
        return f"{self.actor.person.id}.{self.epoch}"


def install(app: Flask) -> None:
    manager = LoginManager()
    manager.init_app(app)
    # A phone changes its address between mast and wireless: "strong" would throw drivers out on the road.
    manager.session_protection = "basic"
    manager.user_loader(_visitor)
    app.jinja_env.filters["masked_phone"] = rules.mask_phone
    app.jinja_env.globals["may"] = lambda permission: rules.may(current_actor(), Permission(permission))
    app.before_request(_name_actor)


def current_actor() -> Actor | None:
    """Return who is asking; None for a stranger. Without a session cookie nothing is looked up."""
    if "visitor" in g:
        return cast("Actor | None", g.visitor)
    if not request or not request.cookies.get(_cookie_name()):
        return None
    return current_user.actor if current_user.is_authenticated else None


def current_person() -> Person | None:
    actor = current_actor()
    return actor.person if actor else None


def actor() -> Actor:
    """Return who is asking, in a view that only people who signed in can reach."""
    found = current_actor()
    if found is None:
        raise Forbidden
    return found


def party_for(permission: Permission) -> PartyId:
    """Return the party for which the person has a permission: the one they act for, else their first."""
    held = rules.parties_for(current_actor(), permission)
    if not held:
        raise Forbidden
    return held[0]


def scope() -> Scope:
    """Return the scope the official looks through: the chosen one, else their first."""
    found = actor()
    official = [one for one in found.memberships if one.role is Role.OFFICIAL and one.scope is not None]
    chosen = next((one for one in official if one == found.chosen), official[0] if official else None)
    if chosen is None or chosen.scope is None:
        raise Forbidden
    return chosen.scope


def public(view: View[P]) -> View[P]:
    """Mark a view as open to everybody."""
    return _marked(view, PUBLIC)


def signed_in(view: View[P]) -> View[P]:
    """Ask for somebody who signed in, whoever it is."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if current_actor() is None:
            return to_sign_in()
        return view(*args, **kwargs)

    return _marked(guarded, SIGNED_IN)


def require(permission: Permission, *, party_from: PartyOf | None = None) -> Callable[[View[P]], View[P]]:
    """Ask for a permission; with ``party_from`` for the party (or one of the parties) of the object named.

    ``party_from(session, **view_arguments)`` answers whose object it is: None, or NotFound, where there is
    no such object.
    """

    def mark(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            asking = current_actor()
            if asking is None:
                return to_sign_in()
            if not rules.may(asking, permission):
                raise Forbidden
            if party_from is not None:
                _ask_of_object(asking, permission, party_from(read(), **kwargs))
            return view(*args, **kwargs)

        return _marked(guarded, permission)

    return mark


def check(permission: Permission, party_id: PartyId | None) -> None:
    """Ask for a permission on one party's object inside a view that learns the party only from a form."""
    _ask_of_object(actor(), permission, party_id)


def mark_of(view: Callable[..., object]) -> str | None:
    """Return a view's mark, or None where nobody has decided who may see it."""
    return cast("str | None", getattr(view, "access", None))


def open_session(person: Person) -> None:
    """Sign somebody in: whatever the session held before is dropped, so that nobody rides on an old one."""
    session.clear()
    session.permanent = True
    found = parties.find_actor(read(), person.id)
    assert found is not None
    login_user(_Visitor(found, parties.session_epoch(read(), person.id)))
    g.visitor = found


def renew_session() -> None:
    """Keep this one session after the person's others were ended."""
    asking = actor()
    chosen = asking.chosen_id
    open_session(asking.person)
    if chosen is not None:
        session[CHOSEN] = chosen


def close_session() -> None:
    """Sign out and forget everything the session held."""
    logout_user()
    session.clear()
    g.visitor = None


def act_for(membership_id: int) -> None:
    """Choose which of one's memberships to act for; refuses (NotFound) somebody else's."""
    if membership_id not in {one.id for one in actor().memberships}:
        raise NotFound
    session[CHOSEN] = membership_id


def to_sign_in() -> ResponseReturnValue:
    """Lead a stranger to the sign-in page and back to where they wanted to go."""
    if request.path.startswith("/api/"):
        answer = jsonify(type="about:blank", status=401, code="sign_in_required", title="Unauthorized")
        answer.content_type = "application/problem+json"
        return answer, 401
    back = request.full_path.rstrip("?") if request.method == "GET" else referring_path()
    address = url_for("account.sign_in", next=back)
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, code=303)


def safe_path(target: str | None, otherwise: str = "/") -> str:
    """Return a path of this site to go to next; anything that could lead elsewhere becomes ``otherwise``."""
    if not target or len(target) > PATH_MAX or not target.isprintable() or "\\" in target:
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    leads_away = parts.scheme or parts.netloc or not target.startswith("/") or target.startswith("//")
    return otherwise if leads_away else quote(target, safe="/?&=%:,+;@!$'()*~#-._")


def _visitor(token: str) -> _Visitor | None:
    person_id, _dot, epoch = token.partition(".")
    if not (person_id.isdigit() and epoch.isdigit()):
        return None
    found = parties.find_actor(read(), int(person_id), epoch=int(epoch), chosen_id=session.get(CHOSEN))
    return None if found is None else _Visitor(found, int(epoch))


def _name_actor() -> None:
    """Say in the journal and the logs of this request whose doing it is."""
    person = None if request.endpoint in _NEVER_PERSONAL else current_person()
    acting_person.set(person.id if person else None)
    if person is not None:
        structlog.contextvars.bind_contextvars(actor_id=person.id)


def _ask_of_object(
    asking: Actor, permission: Permission, owner: PartyId | Collection[PartyId] | None
) -> None:
    owners: Collection[PartyId] = owner if isinstance(owner, Collection) else [] if owner is None else [owner]
    if not any(rules.may(asking, permission, one) for one in owners):
        raise NotFound


def _marked(view: View[P], access: str) -> View[P]:
    cast("Any", view).access = access
    return view


def _cookie_name() -> str:
    return str(current_app.config["SESSION_COOKIE_NAME"])


def referring_path() -> str:
    """Return the page whose form a stranger sent: its own address shows nothing when it is asked for."""
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc != request.host:
        return "/"
    return referrer.path + (f"?{referrer.query}" if referrer.query else "")
