"""A small shop for tests of the edges: real catalogue, invented parties （演示）, offers, lots, certificates.

Everything goes through the use cases. What a test needs it finds again by the codes and phones below.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules as goods
from marketplace.catalogue import service as shelf
from marketplace.catalogue.rules import certificates
from marketplace.catalogue.types import (
    CertificateDraft,
    Check,
    CheckedAgainst,
    Offer,
    OfferDraft,
    Product,
    ProductFilter,
    ProductId,
    Requirement,
    SchemeLevel,
    Variant,
)
from marketplace.flow.load_catalogue import load_catalogue
from marketplace.freight import service as freight
from marketplace.kernel import paths, time
from marketplace.kernel.message import Name
from marketplace.parties import queries as parties
from marketplace.parties import service as register
from marketplace.parties.types import Party, PartyId, PartyKind, Person, Role, Scope
from marketplace.places import queries as places
from marketplace.places import service as pairings
from marketplace.places.types import DivisionCode, PairingLevel
from marketplace.stock import service as stock
from marketplace.stock.types import Cause

FOSHAN, QIANDONGNAN = DivisionCode("440600"), DivisionCode("522600")
UNCONFIRMED_CITY = DivisionCode("441300")  # 惠州: its pairing waits for an official's word

RED_KIWI, XIUWEN_KIWI, SWEET_RICE = "shuicheng-hongxin-mihoutao", "xiuwen-mihoutao", "congjiang-xianghenuo"
ZHENPIN_NUMBER = "DEMO-ZP-000101"

COOPERATIVES: Mapping[str, tuple[str, str, str]] = {
    "DEMO-SC": ("520204", "水城山果合作社（演示）", "Shuicheng hill fruit cooperative (demonstration)"),
    "DEMO-SC2": ("520204", "水城红心果合作社（演示）", "Shuicheng red fruit cooperative (demonstration)"),
    "DEMO-XW": ("520123", "修文果业合作社（演示）", "Xiuwen fruit cooperative (demonstration)"),
    "DEMO-CJ": ("522633", "从江香禾合作社（演示）", "Congjiang rice cooperative (demonstration)"),
    "DEMO-DY": ("522701", "都匀茶叶合作社（演示）", "Duyun tea cooperative (demonstration)"),
}
OTHERS: Mapping[str, tuple[PartyKind, str, str, str]] = {
    "DEMO-CARRIER": (
        PartyKind.CARRIER,
        "520102",
        "山路冷运（演示）",
        "Mountain carriers (demonstration)",
    ),
    "DEMO-CARRIER2": (PartyKind.CARRIER, "520102", "江畔物流（演示）", "Riverside carriers (demonstration)"),
    "DEMO-WH-GZ": (PartyKind.WAREHOUSE, "440111", "广州云仓（演示）", "Guangzhou warehouse (demonstration)"),
    "DEMO-WH-SZ": (PartyKind.WAREHOUSE, "440307", "深圳云仓（演示）", "Shenzhen warehouse (demonstration)"),
    "DEMO-UNIT": (
        PartyKind.PURCHASING_UNIT,
        "440604",
        "禅城食堂（演示）",
        "Chancheng canteen (demo)",
    ),
    "DEMO-UNIT2": (PartyKind.PURCHASING_UNIT, "440305", "南山工会（演示）", "Nanshan union (demonstration)"),
    "DEMO-GZ": (PartyKind.AUTHORITY, "520000", "贵州帮扶专班（演示）", "Guizhou office (demonstration)"),
    "DEMO-FS": (PartyKind.AUTHORITY, "440600", "佛山帮扶专班（演示）", "Foshan office (demonstration)"),
    "DEMO-OP": (PartyKind.OPERATOR, "520102", "平台运营（演示）", "Marketplace operator (demonstration)"),
}
# Everybody by a short name: phone, role, party, scope. A second of a role belongs to another party.
PEOPLE: Mapping[str, tuple[str, Role, str | None, Scope | None]] = {
    "consumer": ("+8613800000001", Role.CONSUMER, None, None),
    "consumer2": ("+8613800000002", Role.CONSUMER, None, None),
    "cooperative": ("+8613800000003", Role.COOPERATIVE_MEMBER, "DEMO-SC", None),
    "cooperative2": ("+8613800000004", Role.COOPERATIVE_MEMBER, "DEMO-XW", None),
    "manager": ("+8613800000015", Role.COOPERATIVE_MANAGER, "DEMO-SC", None),
    "packer": ("+8613800000016", Role.COOPERATIVE_PACKER, "DEMO-SC", None),
    "carrier": ("+8613800000005", Role.CARRIER_MEMBER, "DEMO-CARRIER", None),
    "carrier2": ("+8613800000006", Role.CARRIER_MEMBER, "DEMO-CARRIER2", None),
    "warehouse": ("+8613800000007", Role.WAREHOUSE_MEMBER, "DEMO-WH-GZ", None),
    "warehouse2": ("+8613800000008", Role.WAREHOUSE_MEMBER, "DEMO-WH-SZ", None),
    "unit": ("+8613800000009", Role.PURCHASING_MEMBER, "DEMO-UNIT", None),
    "unit2": ("+8613800000010", Role.PURCHASING_MEMBER, "DEMO-UNIT2", None),
    "official": (
        "+8613800000011",
        Role.OFFICIAL,
        "DEMO-GZ",
        Scope(division_code=DivisionCode("520000")),
    ),
    "official2": ("+8613800000012", Role.OFFICIAL, "DEMO-FS", Scope(city_code=FOSHAN, gz_code=QIANDONGNAN)),
    "operator": ("+8613800000013", Role.OPERATOR, "DEMO-OP", None),
    "operator2": ("+8613800000014", Role.OPERATOR, "DEMO-OP", None),
}
SHELF_SIZE = 30
STOCK = 200


@dataclass(frozen=True, slots=True)
class Shop:
    """Finds in a session what the shop was filled with."""

    session: Session

    def party(self, code: str) -> Party:
        found = parties.find_party_by_code(self.session, code)
        assert found is not None, code
        return found

    def person(self, name: str) -> Person:
        found = parties.find_person_by_phone(self.session, PEOPLE[name][0])
        assert found is not None, name
        return found

    def product(self, slug: str) -> Product:
        return catalogue.get_product_by_slug(self.session, slug)

    def offer(self, slug: str, cooperative: str | None = None) -> Offer:
        """Return the cheapest listed offer of a product, or a cooperative's."""
        product = self.product(slug)
        wanted = None if cooperative is None else self.party(cooperative).id
        return next(
            offer
            for offer in catalogue.offers_of(self.session, [product.id])[product.id]
            if wanted in {None, offer.cooperative_id}
        )


def fill(session: Session) -> None:
    """Load the catalogue and put a shop's worth of parties, goods and proofs beside it."""
    load_catalogue(session, paths.CATALOG_DATA)
    _register(session)
    _confirm_pairings(session)
    for code, product, variant in _offered(session):
        add_offer(session, code, product, variant)
    _certify(session)


def add_offer(session: Session, code: str, product: Product, variant: Variant, packs: int = STOCK) -> Offer:
    """Let a cooperative offer a pack in the middle of its band, with one lot in stock."""
    offer = add_bare_offer(session, code, product, variant)
    lot = shelf.record_lot(
        session, offer.id, f"L{offer.id:05}", time.today() - timedelta(days=1), _keeps_until(product)
    )
    stock.receive(session, lot.id, offer.id, packs, Cause("offer", offer.id, "opening"))
    return offer


def add_bare_offer(session: Session, code: str, product: Product, variant: Variant) -> Offer:
    """Let a cooperative offer a pack in the middle of its band, with its papers and with nothing in stock."""
    seller = Shop(session).party(code)
    required = [
        paper
        for paper in catalogue.papers_for(session, product.product_form)
        if paper.requirement is Requirement.REQUIRED and paper.level is not SchemeLevel.LOT
    ]
    for paper in required:
        if paper.scheme_code is not None and paper.code not in catalogue.held_papers(
            session, product, {seller.id}, ()
        ):
            certify(session, seller.id, paper.scheme_code)
    return shelf.make_offer(
        session,
        OfferDraft(
            variant_id=variant.id,
            cooperative_id=seller.id,
            price_fen=(variant.price_low_fen + variant.price_high_fen) // 200 * 100,
            declared_papers=frozenset(paper.code for paper in required if paper.scheme_code is None),
            serves_hong_kong_macao=True,
        ),
    )


def certify(
    session: Session,
    holder_id: PartyId,
    scheme_code: str,
    number: str | None = None,
    product_ids: frozenset[ProductId] = frozenset(),
) -> None:
    """Give a holder a verified demonstration certificate, valid from the start of the year for two years."""
    scheme = catalogue.reference(session).schemes[scheme_code]
    start = date(time.today().year, 1, 1)
    submitted = shelf.submit_certificate(
        session,
        CertificateDraft(
            scheme_code=scheme_code,
            number=number or f"{scheme.demo_prefix}{holder_id:06}",
            holder_id=holder_id,
            valid_from=start,
            valid_to=certificates.add_months(start, scheme.validity_months or 24),
            product_ids=product_ids,
        ),
    )
    shelf.verify_certificate(session, submitted.id, Check(against=CheckedAgainst.ORIGINAL))


def _keeps_until(product: Product) -> date | None:
    """Stored goods outlive the test's day whatever the season."""
    return None if product.shelf_life_days is None else time.today() + timedelta(days=60)


def _register(session: Session) -> None:
    for code, (division, hans, english) in COOPERATIVES.items():
        _party(session, code, PartyKind.COOPERATIVE, division, (hans, english))
    for code, (kind, division, hans, english) in OTHERS.items():
        party = _party(session, code, kind, division, (hans, english))
        if kind is PartyKind.WAREHOUSE:
            freight.open_warehouse(session, code, party.id)
    for name, (phone, role, of, scope) in PEOPLE.items():
        person = register.register_person(session, phone=phone, display_name=f"{name}（演示）", is_demo=True)
        if of is not None:
            register.add_member(session, person.id, Shop(session).party(of).id, role, scope)


def _party(session: Session, code: str, kind: PartyKind, division: str, names: tuple[str, str]) -> Party:
    return register.register_party(
        session,
        kind=kind,
        name=Name(names[0], "", names[1]),
        division_code=division,
        code=code,
        licence_number=f"DEMO-LIC-{code}",
        is_demo=True,
    )


def _confirm_pairings(session: Session) -> None:
    """An operator's person stands for the officials: all city pairings of this year but one."""
    person = Shop(session).person("official")
    for pairing in places.list_pairings(session, on=time.today()):
        if (
            pairing.level is PairingLevel.CITY
            and pairing.gd_code != UNCONFIRMED_CITY
            and not pairing.is_proven
        ):
            pairings.confirm_pairing(session, pairing.id, person.id)


def _offered(session: Session) -> list[tuple[str, Product, Variant]]:
    """Two sellers of one kiwi, one of its neighbour, and enough else to fill a page."""
    first = [("DEMO-SC", RED_KIWI), ("DEMO-SC2", RED_KIWI), ("DEMO-XW", XIUWEN_KIWI), ("DEMO-CJ", SWEET_RICE)]
    named = catalogue.products_by_slug(session, [slug for _, slug in first])
    sold = [
        one
        for one in catalogue.list_products(session, ProductFilter(), per_page=300).items
        if one.slug not in named and goods.is_sold_on(one, time.today())
    ]
    sold.sort(key=lambda one: (not goods.in_season(one, time.today()), one.number))
    others = sold[: SHELF_SIZE - len(named)]
    sellers = list(COOPERATIVES)
    wanted = [(code, named[slug]) for code, slug in first]
    wanted += [(sellers[place % len(sellers)], one) for place, one in enumerate(others)]
    variants = catalogue.variants_of(session, [one.id for _, one in wanted])
    return [(code, one, variants[one.id][0]) for code, one in wanted]


def _certify(session: Session) -> None:
    shop = Shop(session)
    kiwi = shop.product(RED_KIWI)
    certify(session, shop.party("DEMO-SC").id, "zhenpin", ZHENPIN_NUMBER, frozenset({kiwi.id}))
