"""Cooperatives' own goods in the demonstration: every stage from draft to shelf, with terms and stories."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules, service
from marketplace.catalogue.types import (
    Approval,
    GoodsContent,
    Offer,
    OfferTerms,
    Picture,
    Presale,
    Proposal,
    SellingTerms,
    Step,
    StoryContent,
    StoryId,
)
from marketplace.cli.demo import own_words, pictures
from marketplace.cli.demo.cast import Cast, Member
from marketplace.cli.demo.certificates import acting
from marketplace.cli.demo.shelf import Shelf, is_famous
from marketplace.cli.demo.stage import Stage
from marketplace.flow import bring_goods, presale
from marketplace.flow.bring_goods import FirstOffers
from marketplace.flow.receive_stock import Arrival, receive_harvest
from marketplace.kernel import time
from marketplace.kernel.pictures import keep_picture
from marketplace.places.types import DivisionCode

_CONGJIANG, _SHUICHENG, _XIUWEN = range(3)
_SUNDAY = 7
_CITIES_NEAR = ("440100", "440300", "440600", "441900")
_AHEAD = timedelta(days=25)


def bring(stage: Stage, cast: Cast, shelf: Shelf) -> None:
    """Let the cooperatives that have an account bring goods of their own, and tell of themselves."""
    stage.at(stage.last, 20)
    members = list(cast.cooperatives.values())
    drawn = {
        name: Picture(**keep_picture(content, stage.ports.files)._asdict())
        for name, content in pictures.draw(stage.chance).items()
    }
    stage.write(lambda session: _goods(session, members, drawn, cast.operators[0]))
    stage.write(lambda session: _stories(session, members, drawn))
    stage.write(lambda session: _terms(session, members, shelf))


def _goods(session: Session, members: list[Member], drawn: dict[str, Picture], operator: Member) -> None:
    rice = _describe(session, members[_CONGJIANG], own_words.RED_RICE, drawn, "rice", "terraces")
    offer = _to_the_shelf(session, rice, members[_CONGJIANG], operator)
    harvested = Arrival(
        code="DEMO-HM-01", harvested_on=time.today() - timedelta(days=30), packs=180, papers={}
    )
    receive_harvest(
        session,
        offer.id,
        replace(harvested, papers={"commitment_cert": "DEMO-HM-01"}),
        person_id=members[_CONGJIANG].person.id,
        key="demo-own-rice",
    )
    oranges = _describe(session, members[_CONGJIANG], own_words.ORANGES, drawn, "oranges")
    ahead = _to_the_shelf(session, oranges, members[_CONGJIANG], operator)
    presale.open_presale(
        session,
        ahead.id,
        Presale(time.today() + _AHEAD, 300),
        person_id=members[_CONGJIANG].person.id,
        key="demo-own-oranges",
    )
    with acting(members[_CONGJIANG].person.id):
        change = service.begin_change(session, rice.cooperative_id, offer.product_id)
        said = replace(
            change.content,
            description=change.content.description + own_words.MORE_OF_RICE,
            packs=(*change.content.packs, own_words.GIFT_PACK),
        )
        service.write_proposal(session, change.id, said)
        service.submit_proposal(session, change.id)
    cloth = _describe(session, members[_CONGJIANG], own_words.CLOTH, drawn, "cloth")
    _approve(session, cloth, operator)
    _describe(session, members[_CONGJIANG], GoodsContent(name=own_words.FISH, county_code="522633"), drawn)
    returned = _describe(session, members[_SHUICHENG], own_words.CILI, drawn, "hills")
    with acting(operator.person.id):
        service.return_proposal(session, returned.id, own_words.NOTE, rules.revision(returned))
    _describe(session, members[_XIUWEN], own_words.HONEY, drawn, "hills", "oranges")


def _describe(
    session: Session,
    member: Member,
    content: GoodsContent,
    drawn: dict[str, Picture],
    *names: str,
) -> Proposal:
    """Describe goods with their pictures; with any they are handed in."""
    assert member.party is not None
    with acting(member.person.id):
        begun = service.begin_proposal(session, member.party.id, content)
        for name in names:
            service.add_picture(session, begun.id, drawn[name])
        return service.submit_proposal(session, begun.id) if names else begun


def _approve(session: Session, proposal: Proposal, operator: Member) -> Proposal:
    with acting(operator.person.id):
        return bring_goods.approve(
            session, proposal.id, Approval(seen=rules.revision(proposal), pinyin="", note="")
        )


def _to_the_shelf(session: Session, proposal: Proposal, seller: Member, operator: Member) -> Offer:
    approved = _approve(session, proposal, operator)
    assert approved.product_id is not None
    pack = catalogue.variants_of(session, [approved.product_id])[approved.product_id][0]
    papers = bring_goods.papers_to_declare(session, approved.content.product_form)
    first = FirstOffers(
        prices={pack.id: (pack.price_low_fen + pack.price_high_fen) // 2},
        terms=OfferTerms(
            minimum=1, lead_days=1, daily_capacity=120, cut_off_hour=18, serves_hong_kong_macao=False
        ),
        declared_papers=frozenset(one.code for one in papers),
    )
    with acting(seller.person.id):
        return bring_goods.list_goods(session, approved.id, first)[0]


def _terms(session: Session, members: list[Member], shelf: Shelf) -> None:
    """Give the goods of the story a ladder, free freight and a day of rest; one goes to near cities only."""
    mine = {one.party.id for one in members[:3] if one.party is not None}
    offers = [one.offer for one in shelf.goods.values() if is_famous(one)]
    famous = [one for one in offers if one.cooperative_id in mine]
    for place, offer in enumerate(famous):
        variant = catalogue.get_variant(session, offer.variant_id)
        step = max(variant.price_low_fen, offer.price_fen * 92 // 100)
        service.change_selling(
            session,
            offer.id,
            SellingTerms(
                ladder=(Step(3, step),) if step < offer.price_fen else (),
                ship_weekdays=tuple(day for day in range(1, _SUNDAY)),
                served_cities=_CITIES_NEAR if place == len(famous) - 1 and place else (),
                free_freight_fen=offer.price_fen * 2,
            ),
        )


def _stories(session: Session, members: list[Member], drawn: dict[str, Picture]) -> None:
    for member, content, is_live in (
        (members[_CONGJIANG], own_words.STORY_CONGJIANG, True),
        (members[_SHUICHENG], own_words.STORY_SHUICHENG, True),
        (members[_XIUWEN], own_words.STORY_XIUWEN, False),
    ):
        assert member.party is not None
        story = service.open_story(session, party_id=member.party.id)
        with acting(member.person.id):
            _tell(session, int(story.id), content, [drawn["terraces"], drawn["hills"]], is_live=is_live)
    county = service.open_story(session, division_code=DivisionCode("522633"))
    _tell(session, int(county.id), own_words.STORY_COUNTY, [drawn["terraces"]], is_live=True)


def _tell(
    session: Session, story_id: int, content: StoryContent, shown: list[Picture], *, is_live: bool
) -> None:
    one = StoryId(story_id)
    service.write_story(session, one, content)
    for picture in shown:
        service.add_story_picture(session, one, picture)
    handed_in = service.submit_story(session, one)
    assert handed_in.draft is not None
    if is_live:
        service.publish_story(session, one, rules.story_revision(handed_in.draft))
