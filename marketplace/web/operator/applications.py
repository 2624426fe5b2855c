"""The operator's word on those who want to sell: accept, give back, or refuse with the reason."""

from functools import partial

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.flow import join_market
from marketplace.kernel.refusals import NotFound
from marketplace.parties import queries as parties
from marketplace.parties.types import (
    Application,
    ApplicationFilter,
    ApplicationState,
    ContractMode,
    Permission,
)
from marketplace.places import queries as places
from marketplace.web import applications, evidence, list_words, listing
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, M, blank
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.operator.forms import ReasonForm
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import decide

PER_PAGE = 30


class AcceptForm(FormModel):
    contract_mode: ContractMode


@blueprint.get("/applications", endpoint="applications")
@require(Permission.MANAGE_PARTIES)
def list_applications() -> ResponseReturnValue:
    asked = request.args.get("state", ApplicationState.RECOMMENDED)
    states = frozenset({ApplicationState(asked)}) if asked in set(ApplicationState) else None
    wanted = ApplicationFilter(states=states)
    tools = listing.asked(list_words.WAITING, PER_PAGE, search=list_words.NAME_OR_NUMBER)
    found = parties.list_applications(
        read(), wanted, sought=tools.sought, page=tools.page, per_page=tools.per_page
    )
    atlas = places.atlas(read())
    return listing.answer(
        "operator/applications.html",
        tools,
        found,
        views=[applications.view(one, atlas) for one in found.items],
        state=asked if states else "all",
        words=applications,
    )


@blueprint.get("/applications/<number>")
@require(Permission.MANAGE_PARTIES)
def application(number: str) -> ResponseReturnValue:
    return _page(_found(number), blank())


@blueprint.get("/applications/<number>/licence")
@require(Permission.MANAGE_PARTIES)
def application_scan(number: str) -> Response:
    return evidence.answer(_found(number).draft.scan_digest)


@blueprint.post("/applications/<number>/accept")
@require(Permission.MANAGE_PARTIES)
def accept_application(number: str) -> ResponseReturnValue:
    found = _found(number)
    return decide(
        AcceptForm,
        lambda session, sent: join_market.accept(session, found.id, sent.contract_mode),
        _("已同意入驻，申请人成为负责人。"),
        again=partial(_page, found),
        onward=_back(number),
    )


@blueprint.post("/applications/<number>/return")
@require(Permission.MANAGE_PARTIES)
def return_application(number: str) -> ResponseReturnValue:
    found = _found(number)
    return decide(
        ReasonForm,
        lambda session, sent: join_market.give_back(session, found.id, sent.reason),
        _("已退回，申请人补正后会再来。"),
        again=partial(_page, found),
        onward=_back(number),
    )


@blueprint.post("/applications/<number>/refuse")
@require(Permission.MANAGE_PARTIES)
def refuse_application(number: str) -> ResponseReturnValue:
    found = _found(number)
    return decide(
        ReasonForm,
        lambda session, sent: join_market.refuse(session, found.id, sent.reason),
        _("已拒绝，原因会告诉申请人。"),
        again=partial(_page, found),
        onward=_back(number),
    )


def _found(number: str) -> Application:
    found = parties.find_application(read(), number)
    if found is None:
        raise NotFound
    return found


def _back(number: str) -> str:
    return url_for("operator.application", number=number)


def _page(found: Application, form: Form[M]) -> str:
    return render_template(
        "operator/application.html",
        view=applications.view(found, places.atlas(read())),
        events=applications.staff_steps(read(), found),
        party=parties.find_party(read(), found.party_id) if found.party_id else None,
        words=applications,
        form=form,
    )
