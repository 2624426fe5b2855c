"""Sellers to be verified again: who asked, whose time ends soon, whose is over; and the decision."""

from functools import partial
from typing import Annotated

from flask import request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field

from marketplace.flow import verify_sellers
from marketplace.parties import queries as parties
from marketplace.parties import service
from marketplace.parties.refusals import PartyNotFound
from marketplace.parties.types import ContractMode, Party, PartyKind, Permission, SellerQueue
from marketplace.places import queries as places
from marketplace.web import list_words, listing
from marketplace.web.database import read
from marketplace.web.forms import FormModel
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.operator.forms import Reason, ReasonForm
from marketplace.web.operator.parties import party_page
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import decide

PER_PAGE = 30


class VerifyForm(FormModel):
    """Against what the papers were compared; it stays in the record."""

    against: Annotated[str, Field(min_length=2, max_length=200)]


class ContractForm(FormModel):
    contract_mode: ContractMode
    reason: Reason


@blueprint.get("/verifications", endpoint="verifications")
@require(Permission.MANAGE_PARTIES)
def list_verifications() -> ResponseReturnValue:
    asked = request.args.get("queue", "")
    queue = SellerQueue(asked) if asked in set(SellerQueue) else SellerQueue.ASKED
    tools = listing.asked(list_words.SELLERS, PER_PAGE)
    found = parties.list_sellers_due(
        read(), queue, sought=tools.sought, page=tools.page, per_page=tools.per_page
    )
    return listing.answer(
        "operator/verifications.html",
        tools,
        found,
        queue=queue,
        queues={
            SellerQueue.ASKED: _("已申请"),
            SellerQueue.DUE: _("三十天内到期"),
            SellerQueue.LAPSED: _("已过期"),
        },
        atlas=places.atlas(read()),
    )


@blueprint.post("/parties/<code>/verify")
@require(Permission.MANAGE_PARTIES)
def verify_party(code: str) -> ResponseReturnValue:
    found = _seller(code)
    return decide(
        VerifyForm,
        lambda session, sent: verify_sellers.verify(session, found.id, sent.against),
        _("已通过复核，半年内有效。"),
        again=partial(party_page, code),
        onward=_back(code),
    )


@blueprint.post("/parties/<code>/refuse-verification")
@require(Permission.MANAGE_PARTIES)
def refuse_verification(code: str) -> ResponseReturnValue:
    found = _seller(code)
    return decide(
        ReasonForm,
        lambda session, sent: verify_sellers.refuse(session, found.id, sent.reason),
        _("已退回复核申请，原因会告诉对方。"),
        again=partial(party_page, code),
        onward=_back(code),
    )


@blueprint.post("/parties/<code>/contract")
@require(Permission.MANAGE_PARTIES)
def change_contract(code: str) -> ResponseReturnValue:
    found = _seller(code)
    return decide(
        ContractForm,
        lambda session, sent: service.set_contract_mode(session, found.id, sent.contract_mode, sent.reason),
        _("合同方式已改，从下一笔订单起。"),
        again=partial(party_page, code),
        onward=_back(code),
    )


def _back(code: str) -> str:
    return url_for("operator.party", code=code)


def _seller(code: str) -> Party:
    found = parties.find_party_by_code(read(), code)
    if found is None or found.kind is not PartyKind.COOPERATIVE:
        raise PartyNotFound
    return found
