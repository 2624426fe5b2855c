"""What one says about oneself: name, e-mail, language, password."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from marketplace.flow import sign_in as flow
from marketplace.kernel import time
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.parties import service as parties
from marketplace.web import guard, language, visitor
from marketplace.web.account.forms import LanguageForm, PasswordForm, ProfileForm
from marketplace.web.account.routes import blueprint
from marketplace.web.account.sign_in import PROVED_AT
from marketplace.web.database import write
from marketplace.web.forms import blank, parse
from marketplace.web.language import gettext as _
from marketplace.web.limits import SIGN_IN, limiter

_PROOF_HOLDS = timedelta(minutes=15)


@blueprint.get("/account/profile")
@guard.signed_in
def profile() -> ResponseReturnValue:
    person = guard.actor().person
    form = blank(display_name=person.display_name, email=person.email or "")
    return render_template("account/profile.html", form=form)


@blueprint.post("/account/profile")
@guard.signed_in
def save_profile() -> ResponseReturnValue:
    form = parse(ProfileForm, request.form)
    if form.model is None:
        return render_template("account/profile.html", form=form), 422
    person_id, sent = guard.actor().person.id, form.model
    try:
        write(lambda s: flow.change_profile(s, person_id, sent.display_name, sent.email))
    except Refusal as refusal:
        form.refuse(refusal)
        return render_template("account/profile.html", form=form), refusal.status
    flash(_("资料已保存。"), "good")
    return redirect(url_for("account.home"), code=303)


@blueprint.get("/account/password")
@guard.signed_in
def password() -> ResponseReturnValue:
    return _password_page(blank())


@blueprint.post("/account/password")
@limiter.limit(SIGN_IN)
@guard.signed_in
def save_password() -> ResponseReturnValue:
    """Set a password: whoever has one and did not just prove their phone gives the old one first."""
    form = parse(PasswordForm, request.form)
    if form.model is None:
        return _password_page(form), 422
    person_id, sent = guard.actor().person.id, form.model
    current = sent.current if _asks_current() else None
    try:
        outcome = write(lambda s: flow.change_password(s, person_id, sent.password, current))
    except Refusal as refusal:
        form.refuse(refusal)
        return _password_page(form), refusal.status
    if outcome.refusal is not None:
        form.errors["current"] = language.render(outcome.refusal.message)
        return _password_page(form), outcome.refusal.status
    guard.renew_session()
    flash(_("密码已设好，其他设备上的登录已退出。"), "good")
    return redirect(url_for("account.home"), code=303)


@blueprint.post("/account/language")
@guard.signed_in
def save_language() -> ResponseReturnValue:
    form = parse(LanguageForm, request.form)
    if form.model is None:
        raise NotFound
    person_id, wanted = guard.actor().person.id, form.model.lang
    write(lambda s: parties.set_language(s, person_id, wanted))
    answer = redirect(url_for("account.home"), code=303)
    visitor.remember(answer, language.COOKIE, wanted)
    return answer


@blueprint.post("/account/sign-out-everywhere")
@guard.signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    person_id = guard.actor().person.id
    write(lambda s: parties.end_sessions(s, person_id))
    guard.close_session()
    return redirect("/", code=303)


def _password_page(form: object) -> str:
    return render_template("account/password.html", form=form, asks_current=_asks_current())


def _asks_current() -> bool:
    """Tell whether the old password must be given: not where there is none, nor right after a code."""
    proved_at = session.get(PROVED_AT, 0)
    is_proved = time.now().timestamp() - proved_at < _PROOF_HOLDS.total_seconds()
    return guard.actor().person.has_password and not is_proved
