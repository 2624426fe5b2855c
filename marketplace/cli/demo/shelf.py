"""What is on sale: offers inside the price bands, certificates in every state, lots by season."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules as goods
from marketplace.catalogue import service as shelf
from marketplace.catalogue.rules import certificates
from marketplace.catalogue.types import (
    Base,
    CertificateDraft,
    CertificateId,
    Check,
    CheckedAgainst,
    Offer,
    OfferDraft,
    OfferId,
    Paper,
    Product,
    ProductFilter,
    ProductId,
    Requirement,
    Scheme,
    SchemeLevel,
    Variant,
)
from marketplace.cli.demo.cast import Cast, Member
from marketplace.cli.demo.stage import Stage
from marketplace.flow.receive_stock import Arrival, receive_harvest
from marketplace.kernel import time
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId
from marketplace.stock import queries as stock

_BADGES = ("zhenpin", "gba_cailanzi_base", "green_food_lb", "organic_cert", "assist_product")
_FRESH_AISLES = frozenset({"fruit", "vegetable", "meat_egg", "aquatic"})
_EVERY_DAY_KEEPS = 90
_FRESH_DAYS = 10
_LEFT_AFTER_STORE = 70  # percent of the shelf life that goods out of the cold store still have
_FAMOUS = frozenset(
    {"congjiang-xianghenuo", "shuicheng-hongxin-mihoutao", "xiuwen-mihoutao", "duyun-maojian"}
)
_ROUND_FEN = 50


@dataclass(frozen=True, slots=True)
class Good:
    """An offer with what a buyer sees of it."""

    offer: Offer
    product: Product
    variant: Variant
    seller: Member


@dataclass(slots=True)
class Shelf:
    """Every offer, and the certificates that the year will change."""

    goods: dict[OfferId, Good] = field(default_factory=dict)
    to_revoke: list[CertificateId] = field(default_factory=list)
    to_suspend: list[CertificateId] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def next_number(self, prefix: str) -> str:
        self.numbers[prefix] = self.numbers.get(prefix, 0) + 1
        return f"{prefix}{self.numbers[prefix]:06}"


def fill(stage: Stage, cast: Cast) -> Shelf:
    """Let every cooperative offer what its county is known for, and prove it."""
    made = Shelf()
    for member in cast.cooperatives.values():
        stage.write(partial(_stock_shelf, stage=stage, made=made, member=member))
    stage.write(lambda session: _certify(session, stage, made))
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
        _license(session, made, member.party.id, product, papers)
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


def _license(
    session: Session, made: Shelf, seller: PartyId, product: Product, papers: Iterable[Paper]
) -> None:
    held = catalogue.held_papers(session, product, {seller}, ())
    for paper in papers:
        if paper.scheme_code is not None and paper.code not in held:
            certify(session, made, seller, paper.scheme_code)


def certify(
    session: Session,
    made: Shelf,
    holder: PartyId,
    scheme_code: str,
    product: ProductId | None = None,
    *,
    start: date | None = None,
    months: int | None = None,
) -> CertificateId:
    """Submit and verify a DEMO- certificate; its term is the scheme's where none is given."""
    scheme = catalogue.reference(session).schemes[scheme_code]
    first = start or time.today() - timedelta(days=40)
    submitted = shelf.submit_certificate(
        session,
        CertificateDraft(
            scheme_code=scheme_code,
            number=made.next_number(scheme.demo_prefix),
            holder_id=holder,
            valid_from=first,
            valid_to=certificates.add_months(first, months or scheme.validity_months or 24)
            - timedelta(days=1),
            product_ids=frozenset() if product is None else frozenset({product}),
            base=None if product is None else _base(session, scheme, holder, product),
        ),
    )
    seen = Check(against=CheckedAgainst.ORIGINAL, note="演示材料（演示）")
    return shelf.verify_certificate(session, submitted.id, seen).id


def _base(session: Session, scheme: Scheme, holder: PartyId, product: ProductId) -> Base | None:
    """Name the base that a base certificate speaks about, where the goods grow."""
    if scheme.level is not SchemeLevel.BASE:
        return None
    name = parties.get_party(session, holder).name.hans.removesuffix("（演示）")
    county = catalogue.get_product(session, product).county_code
    return Base(name=f"{name}基地（演示）", county_code=county)


def _certify(session: Session, stage: Stage, made: Shelf) -> None:
    """Give badges: most good to the end, some that lapse within the year or soon after its end."""
    seen: set[tuple[PartyId, ProductId]] = set()
    schemes = catalogue.reference(session).schemes
    for good in made.goods.values():
        assert good.seller.party is not None
        key = (good.seller.party.id, good.product.id)
        if key in seen:
            continue
        seen.add(key)
        flagship = "hongxin-mihoutao" in good.product.slug or good.product.slug == "congjiang-xianghenuo"
        for place, code in enumerate(_BADGES):
            if code not in schemes or not (
                (flagship and code == "zhenpin") or stage.chance.random() < (0.34, 0.2, 0.22, 0.1, 0.2)[place]
            ):
                continue
            if code == "gba_cailanzi_base" and good.product.aisle_code not in _FRESH_AISLES:
                continue
            _give_badge(session, stage, made, key, code, flagship=flagship)


def submit(session: Session, stage: Stage, made: Shelf, count: int) -> None:
    """Leave some certificates for the operators to look at."""
    for good in stage.chance.sample(list(made.goods.values()), count):
        assert good.seller.party is not None
        scheme = catalogue.reference(session).schemes["zhenpin"]
        first = time.today()
        shelf.submit_certificate(
            session,
            CertificateDraft(
                scheme_code=scheme.code,
                number=made.next_number(scheme.demo_prefix),
                holder_id=good.seller.party.id,
                valid_from=first,
                valid_to=certificates.add_months(first, scheme.validity_months or 24) - timedelta(days=1),
                product_ids=frozenset({good.product.id}),
            ),
        )


def _give_badge(
    session: Session, stage: Stage, made: Shelf, key: tuple[PartyId, ProductId], code: str, *, flagship: bool
) -> None:
    holder, product = key
    chance = 0.9 if flagship else stage.chance.random()
    validity = catalogue.reference(session).schemes[code].validity_months or 24
    if chance < 0.1:  # lapses within the year
        start = certificates.add_months(stage.first, 7 - validity)
        certify(session, made, holder, code, product, start=start, months=validity)
    elif chance < 0.2:  # lapses in the weeks after the year's end
        start = certificates.add_months(stage.last + timedelta(days=stage.chance.randint(8, 55)), -validity)
        certify(session, made, holder, code, product, start=start, months=validity)
    else:
        long = validity >= 24
        start = certificates.add_months(stage.first, -1) if long else certificates.add_months(stage.last, -5)
        found = certify(session, made, holder, code, product, start=start, months=validity)
        if 0.2 <= chance < 0.24:
            made.to_revoke.append(found)
        elif 0.24 <= chance < 0.28:
            made.to_suspend.append(found)


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
