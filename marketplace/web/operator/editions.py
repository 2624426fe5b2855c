"""名优产品目录: the operator opens an edition, helps counties nominate, ends that, publishes for good."""

from collections.abc import Callable, Mapping
from typing import Annotated

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service
from marketplace.catalogue.refusals import EditionMovedOn, ProductNotFound
from marketplace.catalogue.types import (
    Edition,
    EditionId,
    EditionState,
    Nomination,
    NominationFilter,
    NominationState,
)
from marketplace.kernel import journal, time
from marketplace.kernel.message import Message, msg
from marketplace.kernel.paging import Page
from marketplace.kernel.refusals import NotFound
from marketplace.parties.types import Actor, Permission
from marketplace.places import queries as places
from marketplace.web import edition_words, guard, history, list_words, listing
from marketplace.web.database import read
from marketplace.web.forms import Form, FormModel, blank, parse
from marketplace.web.guard import require
from marketplace.web.language import gettext as _
from marketplace.web.language import render
from marketplace.web.operator.routes import blueprint
from marketplace.web.outcome import done

PER_PAGE = 50
Move = Callable[[Session, EditionId, Actor], Edition]

# What may be done with the edition in work, from which state, and what the next page then says.
MOVES: Mapping[str, tuple[Move, EditionState, Message]] = {
    "close": (
        lambda s, one, _by: service.close_nominations(s, one),
        EditionState.NOMINATING,
        msg("提名已结束，等两省审核。"),
    ),
    "reopen": (
        lambda s, one, _by: service.reopen_nominations(s, one),
        EditionState.REVIEWING,
        msg("各县可以继续提名。"),
    ),
    "publish": (
        lambda s, one, by: service.publish_edition(s, one, by.person),
        EditionState.REVIEWING,
        msg("已公布，从此不再改动。"),
    ),
}


class OpenForm(FormModel):
    year: int = Field(ge=2000, le=2999)


class ForCountyForm(FormModel):
    """Goods by the number that stands on their page, and what speaks for them."""

    number: Annotated[str, Field(min_length=2, max_length=20)]
    reason: str = Field(default="", max_length=300)


@blueprint.get("/editions", endpoint="editions")
@require(Permission.PUBLISH_EDITION)
def show_editions() -> ResponseReturnValue:
    return _page(blank(year=str(time.today().year)))


@blueprint.post("/editions")
@require(Permission.PUBLISH_EDITION)
def open_edition() -> ResponseReturnValue:
    form, by = parse(OpenForm, request.form), guard.actor().person
    if form.model is None:
        return make_response(_page(form), 422)
    year = form.model.year
    done(lambda session: service.open_edition(session, year, by), _("已开始 %(year)s年版的提名。", year=year))
    return _back()


@blueprint.post("/editions/nominations")
@require(Permission.PUBLISH_EDITION)
def nominate_for_county() -> ResponseReturnValue:
    """Put goods forward on behalf of their county."""
    form, by = parse(ForCountyForm, request.form), guard.actor()
    if form.model is None:
        return make_response(_page(form), 422)
    wanted = form.model
    done(lambda session: _nominate(session, wanted, by), _("已代县提名。"))
    return _back()


@blueprint.post("/editions/<int(max=9223372036854775807):year>/<move>")
@require(Permission.PUBLISH_EDITION)
def move_edition(year: int, move: str) -> ResponseReturnValue:
    edition = next((one for one in catalogue.list_editions(read()) if one.year == year), None)
    if edition is None or move not in MOVES:
        raise NotFound
    act, _state, said = MOVES[move]
    by = guard.actor()
    done(lambda session: act(session, edition.id, by), render(said))
    return _back()


def _nominate(session: Session, wanted: ForCountyForm, by: Actor) -> None:
    edition = catalogue.find_open_edition(session)
    if edition is None:
        raise EditionMovedOn
    slug = catalogue.slugs_by_number(session, [wanted.number]).get(wanted.number)
    product = catalogue.find_product_by_slug(session, slug) if slug is not None else None
    if product is None:
        raise ProductNotFound
    service.nominate(session, edition.id, product.id, by, wanted.reason)


def _back() -> ResponseReturnValue:
    return redirect(url_for("operator.editions"), 303)


def _page(form: Form[FormModel] | Form[OpenForm] | Form[ForCountyForm]) -> ResponseReturnValue:
    session = read()
    editions = catalogue.list_editions(session)
    edition = next((one for one in editions if one.publication is None), None)
    tools = listing.asked(
        list_words.NOMINATIONS,
        PER_PAGE,
        search=list_words.GOODS_NAME,
        address=url_for("operator.editions"),
    )
    found: Page[Nomination] = (
        catalogue.list_nominations(
            session,
            NominationFilter(edition_id=edition.id),
            sought=tools.sought,
            page=tools.page,
            per_page=tools.per_page,
        )
        if edition is not None
        else Page([], 0, 1, PER_PAGE)
    )
    return listing.answer(
        "operator/editions.html",
        tools,
        found,
        edition=edition,
        editions=editions,
        counts=catalogue.nomination_counts(session, edition.id) if edition else {},
        waiting=catalogue.count_waiting(session, edition.id) if edition else {},
        may=[name for name, (_act, state, _said) in MOVES.items() if edition and edition.state is state],
        states=list(NominationState),
        products=catalogue.products_by_id(session, [one.product_id for one in found.items]),
        events=history.events(session, journal.history(session, "edition", edition.id)) if edition else [],
        atlas=places.atlas(session),
        form=form,
        words=edition_words,
    )
