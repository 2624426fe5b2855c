"""What the pages of a cooperative's own goods show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules
from marketplace.catalogue.types import Paper, Product, Proposal, ProposalState, Variant
from marketplace.flow import bring_goods
from marketplace.kernel import journal
from marketplace.kernel.message import Message
from marketplace.kernel.refusals import NotFound
from marketplace.places import queries as places
from marketplace.web import goods_words, history, stored_pictures
from marketplace.web.cooperative.goods_forms import pack_rows
from marketplace.web.forms import Form
from marketplace.web.goods_words import Change
from marketplace.web.language import name_in_language, render
from marketplace.web.timeline import Event
from marketplace.web.wording import Toned

Options = Sequence[tuple[str, object]]
MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsRow:
    """A description as a row: what it is called, how it stands, what was said to it."""

    proposal: Proposal
    state: Toned
    picture: str | None
    is_change: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsPage:
    """One description with everything that may be done about it now."""

    proposal: Proposal
    state: Toned
    product: Product | None
    variants: Sequence[Variant]
    is_writable: bool
    may_list: bool
    lacking: Mapping[str, Message]
    changes: Sequence[Change]
    told: Sequence[tuple[str, str]]
    choices: Mapping[str, Options]
    packs: list[dict[str, str]]
    papers: Sequence[Paper]
    events: Sequence[Event]


def rows(proposals: Sequence[Proposal]) -> list[GoodsRow]:
    """Dress descriptions for a list without a statement more."""
    return [
        GoodsRow(
            proposal=one,
            state=goods_words.STATES[one.state],
            picture=picture_url(one, one.content.pictures[0]) if one.content.pictures else None,
            is_change=one.product_id is not None
            and one.state in rules.OPEN_PROPOSALS - {ProposalState.APPROVED},
        )
        for one in proposals
    ]


def gather(session: Session, proposal: Proposal, form: Form[Any]) -> GoodsPage:
    known = catalogue.reference(session)
    is_writable = proposal.state in rules.WRITABLE
    made = proposal.product_id
    variants = () if made is None else catalogue.variants_of(session, [made])[made]
    may_list = made is not None and proposal.state in {ProposalState.APPROVED, ProposalState.WITHDRAWN}
    return GoodsPage(
        proposal=proposal,
        state=goods_words.STATES[proposal.state],
        product=None if made is None else catalogue.get_product(session, made),
        variants=variants,
        is_writable=is_writable,
        may_list=may_list,
        lacking=rules.missing(proposal.content, known) if is_writable else {},
        changes=changes_of(session, proposal),
        told=() if is_writable else goods_words.told(session, proposal.content),
        choices=choices(session) if is_writable else {},
        packs=pack_rows(form, proposal) if is_writable else [],
        papers=bring_goods.papers_to_declare(session, proposal.content.product_form) if may_list else (),
        events=history.events(session, journal.history(session, "proposal", proposal.id)),
    )


def choices(session: Session) -> dict[str, Options]:
    """Return what may be chosen in a description: code and name, counties by prefecture."""
    known = catalogue.reference(session)
    named: dict[str, Mapping[str, Any]] = {
        "aisle_code": known.aisles,
        "industry_code": known.industries,
        "product_form": known.product_forms,
        "picture_kind": known.picture_kinds,
        "storage_code": known.storage_classes,
        "unit_code": known.units,
    }
    found: dict[str, Options] = {
        name: [(code, name_in_language(one.name)) for code, one in table.items()]
        for name, table in named.items()
    }
    found["county_code"] = counties_by_prefecture(session)
    found["allergens"] = [(str(one), render(said)) for one, said in goods_words.ALLERGENS.items()]
    found["months"] = [(str(one), str(one)) for one in MONTHS]
    return found


def counties_by_prefecture(session: Session) -> Options:
    atlas = places.atlas(session)
    return [
        (
            name_in_language(prefecture.name),
            [
                (str(county.code), name_in_language(county.name))
                for county in atlas.counties
                if atlas.prefecture_of(county.code) == prefecture.code
            ],
        )
        for prefecture in atlas.prefectures
    ]


def picture_url(proposal: Proposal, digest: str) -> str:
    return url_for("cooperative.goods_picture", proposal_id=proposal.id, digest=digest, size="small")


def picture(session: Session, proposal: Proposal, digest: str) -> Response:
    """Answer a picture of a description, new or of what was live; any other is not there (NotFound)."""
    own = {*proposal.content.pictures, *(proposal.former.pictures if proposal.former else ())}
    if digest not in own and proposal.product_id is not None:
        own |= set(catalogue.get_product(session, proposal.product_id).picture_digests)
    found = catalogue.pictures_by_digest(session, [digest]).get(digest) if digest in own else None
    if found is None:
        raise NotFound
    wanted = found.small_digest if stored_pictures.asked_for_small() else found.digest
    return stored_pictures.answer(wanted, is_public=False)


def changes_of(session: Session, proposal: Proposal) -> list[Change]:
    """Say what a change of live goods changes; new goods are on the page anyway."""
    if proposal.product_id is None:
        return []
    if proposal.former is not None:
        before = proposal.former
    elif proposal.state in rules.OPEN_PROPOSALS - {ProposalState.APPROVED}:
        before = catalogue.described(session, proposal.product_id)
    else:
        return []
    return goods_words.changes(session, rules.differences(before, proposal.content))
