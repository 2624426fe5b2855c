"""A county's word on those who want to sell: recommend, give back to be corrected, or say why not."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from marketplace.flow import join_market
from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import NotFound
from marketplace.parties import queries as parties
from marketplace.parties import rules
from marketplace.parties.types import (
    Application,
    ApplicationFilter,
    ApplicationId,
    ApplicationState,
    Permission,
    Scope,
)
from marketplace.places import queries as places
from marketplace.web import applications, evidence, guard, list_words, listing
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, M, blank
from marketplace.web.language import render
from marketplace.web.operator.ages import age
from marketplace.web.outcome import decide
from marketplace.web.oversight.routes import blueprint

PER_PAGE = 30
Decide = Callable[[Session, ApplicationId, Scope, str], Application]

DECISIONS: Mapping[str, tuple[Decide, Message]] = {
    "recommend": (join_market.recommend, msg("已推荐，平台会核对证照。")),
    "return": (join_market.return_by_county, msg("已退回，申请人补正后会再来。")),
    "refuse": (join_market.refuse_by_county, msg("已记下不予推荐和原因。")),
}


class OpinionForm(FormModel):
    """What the county says; the applicant and the operator read it."""

    opinion: str = Field(min_length=2, max_length=300)


@blueprint.get("/applications", endpoint="applications")
@guard.require(Permission.RECOMMEND_COOPERATIVE)
def list_applications() -> ResponseReturnValue:
    asked = request.args.get("state", ApplicationState.SUBMITTED)
    states = frozenset({ApplicationState(asked)}) if asked in set(ApplicationState) else None
    atlas = places.atlas(read())
    counties = rules.recommending_counties(guard.scope(), atlas)
    wanted = ApplicationFilter(states=states, county_codes=counties)
    tools = listing.asked(list_words.WAITING, PER_PAGE, search=list_words.NAME_OR_NUMBER)
    found = parties.list_applications(
        read(), wanted, sought=tools.sought, page=tools.page, per_page=tools.per_page
    )
    return listing.answer(
        "oversight/applications.html",
        tools,
        found,
        views=[applications.view(one, atlas) for one in found.items],
        state=asked if states else "all",
        words=applications,
        age=age,
    )


@blueprint.get("/applications/<number>")
@guard.require(Permission.RECOMMEND_COOPERATIVE)
def application(number: str) -> ResponseReturnValue:
    return _page(_found(number), blank())


@blueprint.get("/applications/<number>/licence")
@guard.require(Permission.RECOMMEND_COOPERATIVE)
def application_scan(number: str) -> Response:
    return evidence.answer(_found(number).draft.scan_digest)


@blueprint.post("/applications/<number>/<any(recommend, return, refuse):decision>")
@guard.require(Permission.RECOMMEND_COOPERATIVE)
def decide_application(number: str, decision: str) -> ResponseReturnValue:
    found, scope, (act, said) = _found(number), guard.scope(), DECISIONS[decision]
    return decide(
        OpinionForm,
        lambda session, sent: act(session, found.id, scope, sent.opinion),
        render(said),
        again=partial(_page, found),
        onward=url_for("oversight.application", number=number),
    )


def _found(number: str) -> Application:
    """Return an application of the official's counties; any other is not there."""
    found = parties.find_application(read(), number)
    atlas = places.atlas(read())
    if found is None or not rules.recommends(guard.scope(), found.draft.county_code, atlas):
        raise NotFound
    return found


def _page(found: Application, form: Form[M]) -> str:
    return render_template(
        "oversight/application.html",
        view=applications.view(found, places.atlas(read())),
        events=applications.staff_steps(read(), found),
        words=applications,
        form=form,
    )
