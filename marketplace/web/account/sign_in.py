"""Signing in by a phone and its one-time code, or by a password; and signing out."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from marketplace.flow import sign_in as flow
from marketplace.kernel import time
from marketplace.kernel.refusals import Refusal
from marketplace.parties.refusals import PhoneUnknown
from marketplace.parties.types import Person
from marketplace.web import guard, language, my_basket, visitor
from marketplace.web.account import present
from marketplace.web.account.forms import CodeForm, PasswordSignInForm, PhoneForm
from marketplace.web.account.routes import blueprint
from marketplace.web.database import write
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.language import gettext as _
from marketplace.web.limits import CODES, SIGN_IN, limiter

_WAITING = "signing_in"
PROVED_AT = "proved_at"
WAYS = ("code", "password")


@blueprint.get("/sign-in")
@guard.public
def sign_in() -> ResponseReturnValue:
    if guard.current_actor() is not None:
        return redirect(_back(request.args.get("next")))
    way = request.args.get("way", WAYS[0])
    return _page(blank(region="CN"), way if way in WAYS else WAYS[0])


@blueprint.post("/sign-in")
@limiter.limit(CODES)
@guard.public
def send_code() -> ResponseReturnValue:
    form = parse(PhoneForm, request.form)
    if form.model is None:
        return _page(form, "code"), 422
    try:
        number = form.model.number
        if number is None:
            raise PhoneUnknown
        write(lambda s: flow.send_code(s, number))
    except Refusal as refusal:
        form.refuse(refusal)
        return _page(form, "code"), refusal.status
    session[_WAITING] = {"phone": number, "next": _back(request.form.get("next"))}
    return redirect(url_for("account.enter_code"), code=303)


@blueprint.get("/sign-in/code")
@guard.public
def enter_code() -> ResponseReturnValue:
    if _WAITING not in session:
        return redirect(url_for("account.sign_in"))
    return render_template("account/code.html", form=blank(), waiting=session[_WAITING])


@blueprint.post("/sign-in/code")
@limiter.limit(SIGN_IN)
@guard.public
def confirm_code() -> ResponseReturnValue:
    waiting = session.get(_WAITING)
    if waiting is None:
        return redirect(url_for("account.sign_in"), code=303)
    form = parse(CodeForm, request.form)
    if form.model is None:
        form.errors["code"] = _("请填写短信里的 6 位数字。")
        return render_template("account/code.html", form=form, waiting=waiting), 422
    code = form.model.code
    outcome = write(lambda s: flow.confirm_code(s, waiting["phone"], code))
    if outcome.person is None:
        assert outcome.refusal is not None
        form.refuse(outcome.refusal)
        return render_template("account/code.html", form=form, waiting=waiting), outcome.refusal.status
    return _arrive(outcome.person, waiting["next"], by_code=True)


@blueprint.post("/sign-in/password")
@limiter.limit(SIGN_IN)
@guard.public
def with_password() -> ResponseReturnValue:
    form = parse(PasswordSignInForm, request.form)
    if form.model is None:
        return _page(form, "password"), 422
    sent = form.model
    outcome = write(lambda s: flow.with_password(s, sent.login, sent.password))
    if outcome.person is None:
        assert outcome.refusal is not None
        form.refuse(outcome.refusal)
        return _page(form, "password"), outcome.refusal.status
    return _arrive(outcome.person, _back(request.form.get("next")), by_code=False)


@blueprint.post("/sign-out")
@guard.public
def sign_out() -> ResponseReturnValue:
    guard.close_session()
    return redirect("/", code=303)


def _page(form: Form[PhoneForm] | Form[PasswordSignInForm] | Form[FormModel], way: str) -> str:
    back = _back(request.values.get("next"))
    return render_template("account/sign_in.html", form=form, way=way, back=back)


def _arrive(person: Person, back: str, *, by_code: bool) -> ResponseReturnValue:
    """Open a new session and go on to where the person wanted to go, with their basket and language.

    Who works for one party and named no page begins where that work is done.
    """
    guard.open_session(person)
    memberships = guard.actor().memberships
    if back == url_for("account.home") and len(memberships) == 1:
        back = present.portal_of(memberships[0])
    if by_code:
        session[PROVED_AT] = int(time.now().timestamp())
    answer = redirect(back, code=303)
    my_basket.bring(answer, person.id)
    if person.language is not None and language.COOKIE not in request.cookies:
        visitor.remember(answer, language.COOKIE, person.language)
    return answer


def _back(target: str | None) -> str:
    """Return where to go after signing in; never this very page again."""
    path = guard.safe_path(target, url_for("account.home"))
    return url_for("account.home") if path.startswith(url_for("account.sign_in")) else path
