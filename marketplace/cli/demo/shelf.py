"""What is on sale: offers inside the price bands, certificates in every state, lots by season."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules as goods
from marketplace.catalogue import service as shelf
from marketplace.catalogue.types import (
    OfferDraft,
    OfferId,
    Paper,
    Product,
    ProductFilter,
    Requirement,
    SchemeLevel,
    Variant,
)
from marketplace.cli.demo.cast import Cast, Member
from marketplace.cli.demo.certificates import Good, Papers, draw_paper, give_badges, license_for
from marketplace.cli.demo.stage import Stage
from marketplace.flow.receive_stock import Arrival, receive_harvest
from marketplace.kernel import time
from marketplace.parties.types import PartyId
from marketplace.stock import queries as stock

_FRESH_AISLES = frozenset({"fruit", "vegetable", "meat_egg", "aquatic"})
_EVERY_DAY_KEEPS = 90
_FRESH_DAYS = 10
_LEFT_AFTER_STORE = 70  # percent of the shelf life that goods out of the cold store still have
_FAMOUS = frozenset(
    {"congjiang-xianghenuo", "shuicheng-hongxin-mihoutao", "xiuwen-mihoutao", "duyun-maojian"}
)
_ROUND_FEN = 50


@dataclass(slots=True)
class Shelf:
    """Every offer, and the certificates beside them."""

    papers: Papers
    goods: dict[OfferId, Good] = field(default_factory=dict)


def fill(stage: Stage, cast: Cast) -> Shelf:
    """Let every cooperative offer what its county is known for, and prove it."""
    made = Shelf(papers=Papers(checker=cast.operators[0].person.id, paper=draw_paper(stage, "DEMO")))
    for member in cast.cooperatives.values():
        stage.write(partial(_stock_shelf, stage=stage, made=made, member=member))
    stage.write(lambda session: give_badges(session, stage, made.papers, made.goods.values()))
    return made


def _stock_shelf(session: Session, stage: Stage, made: Shelf, member: Member) -> None:
    assert member.party is not None
    county = frozenset({member.party.division_code})
    products = [
        one
        for one in catalogue.list_products(session, ProductFilter(county_codes=county), 1, 20).items
        if one.consumer_sellable
    ]
    variants = catalogue.variants_of(session, [one.id for one in products])
    for product in products:
        papers = _papers(session, product)
        license_for(session, made.papers, member.party.id, product, papers)
        for variant in variants[product.id][: 1 + (stage.chance.random() < 0.5)]:
            offer = shelf.make_offer(session, _draft(stage, member.party.id, product, variant, papers))
            made.goods[offer.id] = Good(offer, product, variant, member)


def _draft(
    stage: Stage, seller: PartyId, product: Product, variant: Variant, papers: Iterable[Paper]
) -> OfferDraft:
    low, high = variant.price_low_fen, variant.price_high_fen
    price = low + int((high - low) * stage.chance.betavariate(2, 3)) // _ROUND_FEN * _ROUND_FEN
    return OfferDraft(
        variant_id=variant.id,
        cooperative_id=seller,
        price_fen=price,
        declared_papers=frozenset(paper.code for paper in papers if paper.scheme_code is None),
        lead_days=stage.chance.choice((1, 1, 1, 2)),
        cut_off_hour=stage.chance.choice((14, 16, 16, 18)),
        serves_hong_kong_macao=product.aisle_code not in _FRESH_AISLES,
    )


def _papers(session: Session, product: Product) -> list[Paper]:
    """Return the papers of the seller, those of each lot apart."""
    return [
        paper
        for paper in catalogue.papers_for(session, product.product_form)
        if paper.requirement is Requirement.REQUIRED and paper.level is not SchemeLevel.LOT
    ]


def is_famous(good: Good) -> bool:
    """Tell the goods of the story: asked for more often, and to be had at the year's end in any season."""
    return good.product.slug in _FAMOUS


def on_sale(made: Shelf, day: date) -> list[Good]:
    """Return what the season offers on a day."""
    return [good for good in made.goods.values() if goods.is_sold_on(good.product, day)]


def ensure(stage: Stage, wanted: Iterable[tuple[Good, int]]) -> None:
    """Bring a harvest in where the store would not last for these packs, or not keep until they arrive."""
    asked = list(wanted)
    supply = stage.read(
        lambda session: stock.supply(session, [good.offer.id for good, _ in asked], time.today())
    )
    for good, packs in asked:
        keeps = good.product.shelf_life_days or _EVERY_DAY_KEEPS
        until = time.today() + timedelta(days=min(_FRESH_DAYS, keeps // 2))
        fresh = [
            lot.available
            for lot in supply[good.offer.id].lots
            if lot.expires_on is None or lot.expires_on >= until
        ]
        if sum(fresh) < packs:
            stage.write(partial(_harvest, stage=stage, good=good, packs=packs))


def _harvest(session: Session, stage: Stage, good: Good, packs: int) -> None:
    today = time.today()
    harvested_on, expires_on = _days(good.product, today)
    lot_papers = goods.missing_lot_papers(catalogue.papers_for(session, good.product.product_form), ())
    code = f"L{time.now().astimezone(time.SHANGHAI):%y%m%d%H%M}-{good.offer.id}"
    receive_harvest(
        session,
        good.offer.id,
        Arrival(
            code=code,
            harvested_on=harvested_on,
            expires_on=expires_on,
            packs=packs * 2 + stage.chance.randint(30, 90),
            papers={paper.code: f"DEMO-{code}" for paper in lot_papers},
        ),
        person_id=good.seller.person.id,
        key=code,
    )


def _days(product: Product, today: date) -> tuple[date, date | None]:
    """Return when a lot that comes in today was harvested or made, and its last day.

    Outside the harvest it comes out of the cold store, where it kept longer than it will at home.
    """
    keeps = product.shelf_life_days
    if not product.harvest_months or today.month in product.harvest_months:
        fresh = today - timedelta(days=min(1, (keeps or _EVERY_DAY_KEEPS) // 4))
        return fresh, None
    after = today.replace(day=1)
    while (harvested_on := after - timedelta(days=1)).month not in product.harvest_months:
        after = harvested_on.replace(day=1)
    if keeps is None:
        return harvested_on, None
    return harvested_on, max(
        harvested_on + timedelta(days=keeps), today + timedelta(days=keeps * _LEFT_AFTER_STORE // 100)
    )
