"""名优产品目录 in work: a county puts goods forward, a province says yes or no to each, all see the state."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules, service
from marketplace.catalogue.types import (
    Edition,
    Entry,
    Finding,
    Nomination,
    NominationFilter,
    NominationId,
    NominationState,
    Product,
    ProductFilter,
    ProductId,
)
from marketplace.kernel.message import msg
from marketplace.kernel.paging import Page
from marketplace.kernel.refusals import Forbidden
from marketplace.parties.rules import reach
from marketplace.parties.types import Permission
from marketplace.places import queries as places
from marketplace.places.types import Division, DivisionCode, Side
from marketplace.web import edition_words, guard, list_words, listing
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done
from marketplace.web.oversight.routes import blueprint

PER_PAGE = 30
MOST_GOODS = 200
NOMINATION = "/editions/nominations/<int(max=9223372036854775807):nomination_id>"


class NominateForm(FormModel):
    """Which goods, and what speaks for them; the reviewers read it, the public does not."""

    product: int = Field(ge=1, le=2**63 - 1)
    reason: str = Field(default="", max_length=300)


class ApproveForm(FormModel):
    nominations: list[int] = Field(min_length=1, max_length=PER_PAGE)


class RefuseForm(FormModel):
    reason: str = Field(min_length=2, max_length=200)


@dataclass(frozen=True, slots=True, kw_only=True)
class NominationView:
    """A nomination as officials see it: what was checked, and how it stands to the edition before."""

    nomination: Nomination
    product: Product
    county: Division
    findings: tuple[Finding, ...]
    fits: bool
    former_no: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsView:
    """Goods of the county that may be put forward, or why not."""

    product: Product
    unmet: str | None


@blueprint.get("/editions", endpoint="editions")
@guard.require(Permission.SEE_TOTALS)
def show_editions() -> ResponseReturnValue:
    return _page(blank())


@blueprint.post("/editions/nominations")
@guard.require(Permission.NOMINATE_GOODS)
def nominate() -> ResponseReturnValue:
    form = parse(NominateForm, request.form)
    edition = catalogue.find_open_edition(read())
    if form.model is None or edition is None:
        return make_response(_page(form), 422)
    wanted, actor = form.model, guard.actor()
    done(
        lambda session: service.nominate(
            session, edition.id, ProductId(wanted.product), actor, wanted.reason
        ),
        _("已提名，等两省审核。"),
    )
    return _back()


@blueprint.post(f"{NOMINATION}/withdraw")
@guard.require(Permission.NOMINATE_GOODS)
def withdraw_nomination(nomination_id: int) -> ResponseReturnValue:
    actor = guard.actor()
    done(
        lambda session: service.withdraw_nomination(session, NominationId(nomination_id), actor),
        _("已撤回提名。"),
    )
    return _back()


@blueprint.post("/editions/approve")
@guard.require(Permission.REVIEW_EDITION)
def approve_nominations() -> ResponseReturnValue:
    """Say the province's yes to what is ticked."""
    form, side, actor = parse(ApproveForm, request.form), _side(), guard.actor()
    if form.model is None:
        form.errors["form"] = _("请先勾选要同意的提名。")
        return make_response(_page(form), 422)
    chosen = [NominationId(one) for one in form.model.nominations]
    done(
        lambda session: service.approve_nominations(session, chosen, actor, side),
        _("已同意 %(count)s 条。", count=len(chosen)),
    )
    return _back()


@blueprint.post(f"{NOMINATION}/refuse")
@guard.require(Permission.REVIEW_EDITION)
def refuse_nomination(nomination_id: int) -> ResponseReturnValue:
    form, side, actor = parse(RefuseForm, request.form), _side(), guard.actor()
    if form.model is None:
        form.errors["form"] = _("不同意须写明理由，理由会随目录公布。")
        return make_response(_page(form), 422)
    reason = form.model.reason
    done(
        lambda session: service.refuse_nomination(session, NominationId(nomination_id), actor, side, reason),
        _("已记下不同意和理由。"),
    )
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("oversight.editions"), 303)


def _side() -> Side:
    """Return the province the official speaks for through the scope they look through."""
    side = rules.reviewing_side(guard.scope(), places.atlas(read()))
    if side is None:
        raise Forbidden(msg("只有贵州省或广东省一级的协作干部可以代表本省审核。"))
    return side


def _page(
    form: Form[FormModel] | Form[NominateForm] | Form[ApproveForm] | Form[RefuseForm],
) -> ResponseReturnValue:
    session, atlas = read(), places.atlas(read())
    editions = catalogue.list_editions(session)
    edition = next((one for one in editions if one.publication is None), None)
    side = rules.reviewing_side(guard.scope(), atlas)
    county = rules.nominating_county(guard.scope(), atlas)
    waits_only = side is not None and request.args.get("show") != "all"
    tools = listing.asked(
        list_words.NOMINATIONS,
        PER_PAGE,
        search=list_words.GOODS_NAME,
        address=url_for("oversight.editions"),
    )
    found = _nominations(session, edition, side if waits_only else None, tools)
    former = _former(session, edition, editions)
    states = catalogue.nominated_products(session, edition.id) if edition else {}
    free = _free(session, county, states) if edition else []
    products = catalogue.products_by_id(session, [one.product_id for one in found.items])
    findings = (
        catalogue.findings_of(session, edition.criteria, [*products.values(), *free]) if edition else {}
    )
    return listing.answer(
        "oversight/editions.html",
        tools,
        found,
        edition=edition,
        published=[one for one in editions if one.publication is not None],
        side=side,
        county=atlas.division(county) if county else None,
        waits_only=waits_only,
        rows=_views(found.items, products, findings, former),
        missing=[] if county is None and side is None else _missing(states, former, county),
        goods=_goods(free, findings),
        waiting=catalogue.count_waiting(session, edition.id) if edition else {},
        atlas=atlas,
        form=form,
        words=edition_words,
    )


def _nominations(
    session: Session, edition: Edition | None, undecided_by: Side | None, tools: listing.Tools
) -> Page[Nomination]:
    """Return the page of nominations from the counties the official answers for."""
    if edition is None:
        return Page([], 0, 1, PER_PAGE)
    wanted = NominationFilter(
        edition_id=edition.id,
        county_codes=reach(guard.scope(), places.atlas(session)).origin_counties,
        undecided_by=undecided_by,
    )
    return catalogue.list_nominations(
        session,
        wanted,
        sought=tools.sought,
        page=tools.page,
        per_page=tools.per_page,
    )


def _former(
    session: Session, edition: Edition | None, editions: Iterable[Edition]
) -> Mapping[ProductId, Entry]:
    """Return what stands in the edition before the one in work."""
    if edition is None:
        return {}
    before = (one for one in editions if one.publication is not None and one.year < edition.year)
    former = next(before, None)
    return {one.product_id: one for one in catalogue.every_entry(session, former.id)} if former else {}


def _views(
    nominations: Iterable[Nomination],
    products: Mapping[ProductId, Product],
    findings: Mapping[ProductId, tuple[Finding, ...]],
    former: Mapping[ProductId, Entry],
) -> list[NominationView]:
    atlas = places.atlas(read())
    return [
        NominationView(
            nomination=one,
            product=products[one.product_id],
            county=atlas.division(one.county_code),
            findings=findings[one.product_id],
            fits=rules.unmet(findings[one.product_id]) is None,
            former_no=former[one.product_id].no if one.product_id in former else None,
        )
        for one in nominations
    ]


def _missing(
    states: Mapping[ProductId, NominationState],
    former: Mapping[ProductId, Entry],
    county: DivisionCode | None,
) -> list[Entry]:
    """Return what would leave as things stand: in the edition before, and not put forward for this one."""
    standing = {NominationState.NOMINATED, NominationState.APPROVED}
    return [
        one
        for one in former.values()
        if states.get(one.product_id) not in standing and (county is None or one.county_code == county)
    ]


def _free(
    session: Session, county: DivisionCode | None, states: Mapping[ProductId, NominationState]
) -> list[Product]:
    """Return the county's goods on the shelf that nobody has put forward yet."""
    if county is None:
        return []
    wanted = ProductFilter(county_codes=frozenset({county}))
    listed = catalogue.list_products(session, wanted, 1, MOST_GOODS).items
    untaken = {None, NominationState.WITHDRAWN}
    return [one for one in listed if states.get(one.id) in untaken]


def _goods(free: Iterable[Product], findings: Mapping[ProductId, tuple[Finding, ...]]) -> list[GoodsView]:
    """Return what a county may put forward, those that fit first."""
    unmet = {one.id: rules.unmet(findings[one.id]) for one in free}
    views = [GoodsView(product=one, unmet=edition_words.criterion_text(unmet[one.id])) for one in free]
    return sorted(views, key=lambda one: one.unmet is not None)
