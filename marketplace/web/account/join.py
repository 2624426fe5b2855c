"""Coming in to sell: what is asked, the application, and where it stands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Annotated

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session

from marketplace.flow import join_market
from marketplace.kernel import ids, journal
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.kernel.settings import Mode
from marketplace.parties import queries as parties
from marketplace.parties import rules, service
from marketplace.parties.refusals import ApplicationWrong
from marketplace.parties.types import (
    Application,
    ApplicationDraft,
    ApplicationFilter,
    ApplicationState,
    ContractMode,
    LicenceDraft,
    LicenceKind,
)
from marketplace.places import queries as places
from marketplace.places.types import Division, DivisionCode
from marketplace.web import applications, evidence, guard
from marketplace.web.account.routes import blueprint
from marketplace.web.database import read, write
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done
from marketplace.web.present import text
from marketplace.web.setup import settings

Number = Annotated[
    str, BeforeValidator(lambda sent: rules.normal_code(sent) if isinstance(sent, str) else sent)
]
Sending = Callable[[ApplicationDraft, str], Callable[[Session], Application]]
DEMO_MARK = "（演示）"
Licence = Annotated[Number, Field(max_length=40)]


class JoinForm(FormModel):
    """One thing a line, as on the paper; the three food licences are for who has them."""

    key: Annotated[str, Field(min_length=8, max_length=100)]
    name: Annotated[str, Field(min_length=4, max_length=60)]
    name_en: Annotated[str, Field(max_length=120)] = ""
    county: Annotated[str, Field(min_length=1, max_length=20)]
    credit_code: Annotated[Number, Field(min_length=1, max_length=40)]
    legal_representative: Annotated[str, Field(min_length=2, max_length=40)]
    address: Annotated[str, Field(min_length=4, max_length=120)]
    licence_ends_on: date | None = None
    contact_name: Annotated[str, Field(min_length=2, max_length=40)]
    goods: Annotated[str, Field(min_length=2, max_length=300)]
    contract_mode: ContractMode = ContractMode.RESALE
    note: Annotated[str, Field(max_length=300)] = ""
    sc_license: Licence = ""
    sc_license_from: date | None = None
    sc_license_to: date | None = None
    food_operation: Licence = ""
    food_operation_from: date | None = None
    food_operation_to: date | None = None
    prepack_filing: Licence = ""
    prepack_filing_from: date | None = None

    def draft(self, scan: str | None) -> ApplicationDraft:
        return ApplicationDraft(
            name=self.name,
            name_en=self.name_en,
            county_code=DivisionCode(self.county),
            credit_code=self.credit_code,
            legal_representative=self.legal_representative,
            address=self.address,
            licence_ends_on=self.licence_ends_on,
            contact_name=self.contact_name,
            goods=self.goods,
            note=self.note,
            contract_mode=self.contract_mode,
            licences=tuple(one for one in map(self._licence, LicenceKind) if one is not None),
            scan_digest=scan,
        )

    def _licence(self, kind: LicenceKind) -> LicenceDraft | None:
        number, first = getattr(self, kind), getattr(self, f"{kind}_from")
        if not number or first is None:
            return None
        return LicenceDraft(
            kind=kind, number=number, valid_from=first, valid_to=getattr(self, f"{kind}_to", None)
        )

    @property
    def undated(self) -> LicenceKind | None:
        """Return a licence of which the number was typed and the first day was not."""
        return next(
            (one for one in LicenceKind if getattr(self, one) and getattr(self, f"{one}_from") is None), None
        )


@blueprint.get("/join")
@guard.public
def join() -> ResponseReturnValue:
    """Say what coming in asks of a cooperative, and show the applications somebody has made."""
    actor = guard.current_actor()
    mine = []
    if actor is not None:
        wanted = ApplicationFilter(applicant_id=actor.person.id)
        found = parties.list_applications(read(), wanted)
        atlas = places.atlas(read())
        mine = [applications.view(one, atlas) for one in reversed(found.items)]
    return render_template("account/join.html", mine=mine)


@blueprint.get("/join/apply")
@guard.signed_in
def apply() -> ResponseReturnValue:
    return _form_page(blank(key=ids.new_token(), contract_mode=ContractMode.RESALE), None)


@blueprint.post("/join/apply")
@guard.signed_in
def send_application() -> ResponseReturnValue:
    form, person = parse(JoinForm, request.form), guard.actor().person
    made = _sent(form, None, lambda draft, key: lambda s: join_market.apply(s, person.id, draft, key))
    if isinstance(made, Application):
        flash(_("申请已提交，等%(county)s推荐。", county=text(_county(made).name)), "good")
        return redirect(url_for("account.application", number=made.number), code=303)
    return _form_page(form, None), made


@blueprint.get("/join/<number>")
@guard.signed_in
def application(number: str) -> ResponseReturnValue:
    found = _mine(number)
    return render_template(
        "account/application.html",
        view=applications.view(found, places.atlas(read())),
        events=applications.steps(journal.history(read(), "application", found.id)),
        party=parties.find_party(read(), found.party_id) if found.party_id else None,
        words=applications,
    )


@blueprint.get("/join/<number>/correct")
@guard.signed_in
def correct(number: str) -> ResponseReturnValue:
    found = _mine(number)
    if found.state is not ApplicationState.RETURNED:
        raise NotFound
    return _form_page(blank(key=ids.new_token(), **_typed(found.draft)), found)


@blueprint.post("/join/<number>/correct")
@guard.signed_in
def send_correction(number: str) -> ResponseReturnValue:
    found, form, person = _mine(number), parse(JoinForm, request.form), guard.actor().person
    made = _sent(
        form, found, lambda draft, _key: lambda s: join_market.correct(s, found.id, person.id, draft)
    )
    if isinstance(made, Application):
        flash(_("补正已提交，县里会再看一遍。"), "good")
        return redirect(url_for("account.application", number=number), code=303)
    return _form_page(form, found), made


@blueprint.post("/join/<number>/withdraw")
@guard.signed_in
def withdraw_application(number: str) -> ResponseReturnValue:
    found, person = _mine(number), guard.actor().person
    done(lambda s: service.withdraw_application(s, found.id, person.id), _("申请已撤回。"))
    return redirect(url_for("account.application", number=number), code=303)


@blueprint.get("/join/<number>/licence")
@guard.signed_in
def licence_scan(number: str) -> Response:
    """Show the applicant the picture of the business licence that they sent."""
    return evidence.answer(_mine(number).draft.scan_digest)


def _sent(form: Form[JoinForm], former: Application | None, sending: Sending) -> Application | int:
    """Send what a form says; returns the application, or the status under which the form is shown again."""
    sent = form.model
    if sent is None:
        return 422
    if sent.undated is not None:
        form.errors[f"{sent.undated}_from"] = _("请填写证上的起始日期。")
        return 422
    try:
        _refuse_demonstrations(sent)
        scan = evidence.keep_if_sent(request.files.get("scan"), "scan")
        if scan is None and (former is None or former.draft.scan_digest is None):
            form.errors["scan"] = _("请附上营业执照的照片或PDF。")
            return 422
        return write(sending(_marked(sent.draft(scan)), sent.key))
    except NotFound:
        raise
    except Refusal as refusal:
        form.refuse(refusal)
        return refusal.status


def _refuse_demonstrations(sent: JoinForm) -> None:
    """Let nobody sell for real under a number of the demonstration's."""
    if settings().mode is Mode.PRODUCTION and rules.is_demo_code(sent.credit_code):
        raise ApplicationWrong(msg("这里不收演示编号，请填写营业执照上的代码。"), field="credit_code")


def _marked(draft: ApplicationDraft) -> ApplicationDraft:
    """Mark the name of somebody who comes in under a demonstration's number."""
    if not rules.is_demo_code(draft.credit_code) or draft.name.endswith(DEMO_MARK):
        return draft
    return replace(draft, name=draft.name + DEMO_MARK)


def _mine(number: str) -> Application:
    found = parties.find_application(read(), number)
    if found is None or found.applicant_id != guard.actor().person.id:
        raise NotFound
    return found


def _county(made: Application) -> Division:
    return places.atlas(read()).division(made.draft.county_code)


def _typed(draft: ApplicationDraft) -> dict[str, str]:
    """Write an application back into its form."""
    typed = {
        "name": draft.name,
        "name_en": draft.name_en,
        "county": draft.county_code,
        "credit_code": draft.credit_code,
        "legal_representative": draft.legal_representative,
        "address": draft.address,
        "licence_ends_on": draft.licence_ends_on.isoformat() if draft.licence_ends_on else "",
        "contact_name": draft.contact_name,
        "goods": draft.goods,
        "contract_mode": draft.contract_mode,
        "note": draft.note,
    }
    for one in draft.licences:
        typed[one.kind] = one.number
        typed[f"{one.kind}_from"] = one.valid_from.isoformat()
        typed[f"{one.kind}_to"] = one.valid_to.isoformat() if one.valid_to else ""
    return typed


def _form_page(form: Form[FormModel] | Form[JoinForm], former: Application | None) -> str:
    atlas = places.atlas(read())
    return render_template(
        "account/apply.html",
        form=form,
        former=former,
        prefectures=[(one, atlas.children(one.code)) for one in atlas.prefectures],
        licences=rules.LICENCE_NAMES,
        modes=applications.CONTRACT_MODES,
    )
