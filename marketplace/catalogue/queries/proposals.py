"""Reads of descriptions of goods, of stories and of pictures."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import PictureRow, ProposalRow, StoryRow
from marketplace.catalogue.queries.goods import get_product, variants_of
from marketplace.catalogue.refusals import ProposalNotFound, StoryNotFound
from marketplace.catalogue.rules.contents import goods_content, story_content
from marketplace.catalogue.types import (
    GoodsContent,
    PackContent,
    Picture,
    Product,
    ProductId,
    Proposal,
    ProposalId,
    ProposalState,
    Story,
    StoryId,
    StoryState,
    Variant,
)
from marketplace.kernel.paging import ANY, Listing, Page, Sought, in_order, read_page
from marketplace.kernel.waiting import Queue, queue
from marketplace.parties.types import PartyId
from marketplace.places.types import DivisionCode

_SHOWN_TO_ITS_COOPERATIVE = frozenset(ProposalState) - {ProposalState.REPLACED}


def get_proposal(session: Session, proposal_id: ProposalId) -> Proposal:
    """Return a description whatever its state; refuses (ProposalNotFound)."""
    row = session.get(ProposalRow, proposal_id, populate_existing=True)
    if row is None:
        raise ProposalNotFound
    return proposal_from_row(row)


def proposals_of(
    session: Session,
    cooperative_id: PartyId,
    page: int = 1,
    per_page: int = 30,
    *,
    state: ProposalState | None = None,
    sought: Sought = ANY,
) -> Page[Proposal]:
    """Return what a cooperative described, the newest first, in one statement."""
    states = _SHOWN_TO_ITS_COOPERATIVE if state is None else {state} & _SHOWN_TO_ITS_COOPERATIVE
    wanted = [
        ProposalRow.cooperative_id == cooperative_id,
        ProposalRow.state.in_(states),
        *_is_named(sought),
    ]
    order = in_order(_OWN_ORDERS, sought)
    found = read_page(session, Listing(select(ProposalRow), ProposalRow.id, wanted, order), page, per_page)
    return found.of([proposal_from_row(row) for row, *_ in found.rows])


def list_proposals(
    session: Session,
    states: Collection[ProposalState],
    page: int = 1,
    per_page: int = 30,
    *,
    sought: Sought = ANY,
) -> Page[Proposal]:
    """Return descriptions in some states, the longest wait first, in one statement."""
    wanted = [ProposalRow.state.in_(set(states)), *_is_named(sought)]
    order = in_order(_REVIEW_ORDERS, sought)
    found = read_page(session, Listing(select(ProposalRow), ProposalRow.id, wanted, order), page, per_page)
    return found.of([proposal_from_row(row) for row, *_ in found.rows])


def proposals_waiting() -> Queue:
    """What cooperatives handed in and nobody has looked at."""
    return queue(ProposalRow.submitted_at, ProposalRow.state == ProposalState.SUBMITTED)


def described(session: Session, product_id: ProductId) -> GoodsContent:
    """Return a product as it is live, in the words of a description; refuses (ProductNotFound)."""
    product = get_product(session, product_id)
    return content_of(product, variants_of(session, [product_id])[product_id])


def content_of(product: Product, variants: Collection[Variant]) -> GoodsContent:
    """Say of a product what its description said; a pack's price is the middle of its band."""
    return GoodsContent(
        name=product.name.hans,
        name_en=product.name.en,
        county_code=product.county_code,
        industry_code=product.industry_code or "",
        aisle_code=product.aisle_code,
        product_form=product.product_form,
        picture_kind=product.picture_kind,
        storage_code=product.storage_code,
        shelf_life_days=product.shelf_life_days,
        harvest_months=product.harvest_months,
        sale_months=product.sale_months,
        allergens=product.allergens,
        description=product.description.hans,
        description_en=product.description.en,
        keywords=product.keywords,
        pictures=product.picture_digests,
        packs=tuple(_pack(one) for one in variants),
    )


def pictures_by_digest(session: Session, digests: Collection[str]) -> Mapping[str, Picture]:
    rows = session.scalars(select(PictureRow).where(PictureRow.digest.in_(set(digests))))
    return {
        row.digest: Picture(
            digest=row.digest, small_digest=row.small_digest, width=row.width, height=row.height
        )
        for row in rows
    }


def find_story(
    session: Session, *, party_id: PartyId | None = None, division_code: str | None = None
) -> Story | None:
    """Return the story of a cooperative or of a county."""
    which = StoryRow.party_id == party_id if party_id is not None else StoryRow.division_code == division_code
    row = session.scalars(select(StoryRow).where(which)).one_or_none()
    return None if row is None else story_from_row(row)


def get_story(session: Session, story_id: StoryId) -> Story:
    """Return a story; refuses (StoryNotFound)."""
    row = session.get(StoryRow, story_id, populate_existing=True)
    if row is None:
        raise StoryNotFound
    return story_from_row(row)


def list_stories(
    session: Session,
    states: Collection[StoryState],
    page: int = 1,
    per_page: int = 30,
    *,
    sought: Sought = ANY,
) -> Page[Story]:
    """Return stories in some states, the longest unchanged first, in one statement."""
    wanted, order = [StoryRow.state.in_(set(states))], in_order(_STORY_ORDERS, sought)
    found = read_page(session, Listing(select(StoryRow), StoryRow.id, wanted, order), page, per_page)
    return found.of([story_from_row(row) for row, *_ in found.rows])


def stories_waiting() -> Queue:
    """Stories that were handed in and nobody has looked at."""
    return queue(StoryRow.changed_at, StoryRow.state == StoryState.SUBMITTED)


def _is_named(sought: Sought) -> list[ColumnElement[bool]]:
    name = ProposalRow.content["name"].astext
    return [name.icontains(sought.text, autoescape=True)] if sought.text else []


_OWN_ORDERS = {
    "newest": (ProposalRow.id.desc(),),
    "changed": (ProposalRow.changed_at.desc(), ProposalRow.id.desc()),
}
_REVIEW_ORDERS = {
    "oldest": (ProposalRow.submitted_at, ProposalRow.id),
    "newest": (ProposalRow.submitted_at.desc(), ProposalRow.id.desc()),
}
_STORY_ORDERS = {
    "oldest": (StoryRow.changed_at, StoryRow.id),
    "newest": (StoryRow.changed_at.desc(), StoryRow.id.desc()),
}


def proposal_from_row(row: ProposalRow) -> Proposal:
    return Proposal(
        id=ProposalId(row.id),
        cooperative_id=PartyId(row.cooperative_id),
        product_id=None if row.product_id is None else ProductId(row.product_id),
        state=ProposalState(row.state),
        content=goods_content(row.content),
        former=None if row.former is None else goods_content(row.former),
        note=row.note,
        begun_at=row.begun_at,
        changed_at=row.changed_at,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
    )


def story_from_row(row: StoryRow) -> Story:
    return Story(
        id=StoryId(row.id),
        party_id=None if row.party_id is None else PartyId(row.party_id),
        division_code=None if row.division_code is None else DivisionCode(row.division_code),
        live=None if row.live is None else story_content(row.live),
        draft=None if row.draft is None else story_content(row.draft),
        state=StoryState(row.state),
        note=row.note,
        changed_at=row.changed_at,
        live_since=row.live_since,
    )


def _pack(one: Variant) -> PackContent:
    return PackContent(
        code=one.code,
        pack=one.pack.hans,
        pack_en=one.pack.en,
        cut=one.cut.hans if one.cut else "",
        cut_en=one.cut.en if one.cut else "",
        unit_code=one.unit_code,
        net_weight_g=one.net_weight_g,
        price_fen=(one.price_low_fen + one.price_high_fen) // 2,
    )
