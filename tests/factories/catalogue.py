"""The catalogue for tests: its own rows, and goods, offers and certificates made from them.

Numbers begin with ``DEMO-`` and names carry （演示）: nothing here belongs to anybody.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from marketplace.catalogue import queries, service
from marketplace.catalogue.types import (
    Base,
    Certificate,
    CertificateDraft,
    CertificateId,
    CertificateState,
    Check,
    CheckedAgainst,
    Lot,
    Offer,
    OfferDraft,
    OfferId,
    OfferStatus,
    Paper,
    Product,
    ProductDraft,
    ProductId,
    ProductStatus,
    Requirement,
    Scheme,
    SchemeLevel,
    SchemeStatus,
    StorageKind,
    TemperatureRange,
    Variant,
    VariantDraft,
    VariantId,
)
from marketplace.flow.load_catalogue import CatalogueRows, read_catalogue
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.kernel.paths import CATALOG_DATA
from marketplace.parties.types import Party, PartyId
from marketplace.places.types import DivisionCode
from tests.factories.copied import REFERENCE, load_or_copy
from tests.factories.parties import make_party
from tests.factories.places import CONGJIANG, make_places

_numbers = count(1)

KIWI = "shuicheng-hongxin-mihoutao"
RICE = "congjiang-xianghenuo"
LABEL = frozenset({"label"})
SEEN = Check(against=CheckedAgainst.ORIGINAL)


@cache
def rows() -> CatalogueRows:
    """Return the catalogue's own rows, read and checked once."""
    return read_catalogue(CATALOG_DATA)


def make_reference(session: Session) -> None:
    """Load places and every reference row, but no goods."""
    load_or_copy(session, _load_reference, REFERENCE)


def _load_reference(session: Session) -> None:
    make_places(session)
    reference = rows().reference
    service.load_aisles(session, reference.aisles)
    service.load_industries(session, reference.industries)
    service.load_units(session, reference.units)
    service.load_storage_classes(session, reference.storage)
    service.load_schemes(session, reference.schemes)
    service.load_product_forms(session, reference.forms)
    service.load_papers(session, reference.papers)
    service.load_picture_kinds(session, reference.pictures)


def make_catalogue(session: Session) -> None:
    """Load places, reference rows and all goods; freight is not needed for most tests."""
    make_reference(session)
    service.load_products(session, rows().goods.products)
    service.load_variants(session, rows().goods.variants)


def product_draft(**overrides: Any) -> ProductDraft:
    """Describe a fresh fruit of 从江, each call another one."""
    number = next(_numbers)
    draft = ProductDraft(
        slug=f"demo-fruit-{number}",
        number=f"P9{number:05d}",
        name=Name(f"山果{number}（演示）", f"山果{number}（演示）", f"Hill fruit {number} (demo)"),
        pinyin="shan guo yan shi",
        cut=None,
        county_code=CONGJIANG,
        industry_code="fruit",
        aisle_code="fruit",
        picture_kind="kiwifruit_red",
        product_form="primary_plant",
        storage_code="fruit_cold",
        range=TemperatureRange(min_milli_c=0, max_milli_c=4000),
        excursion_lower_milli_c=-500,
        excursion_upper_milli_c=8000,
        shelf_life_days=20,
        harvest_months=(9, 10),
        sale_months=(9, 10, 11),
        description=Name("山里的果子。", "", "Fruit from the hills."),
        keywords=("水果",),
        keywords_en=("fruit",),
        consumer_sellable=True,
    )
    return replace(draft, **overrides)


def make_product(session: Session, **overrides: Any) -> Product:
    """Describe a product and put it on the shelf; reference rows must be loaded."""
    return service.list_product(session, service.create_product(session, product_draft(**overrides)).id)


def make_variant(session: Session, product: Product | None = None, **overrides: Any) -> Variant:
    """Add a pack of 2.5 kg for 30 to 90 yuan."""
    product = product or make_product(session)
    draft = VariantDraft(
        product_slug=product.slug,
        code=f"{product.slug}-{next(_numbers)}g",
        order_no=1,
        pack=Name("箱装 2.5 kg", "箱裝 2.5 kg", "Case, 2.5 kg"),
        unit_code="case",
        net_weight_g=2500,
        price_low_fen=3000,
        price_high_fen=9000,
    )
    return service.create_variant(session, replace(draft, **overrides))


def make_offer(
    session: Session, variant: Variant | None = None, cooperative: Party | None = None, **overrides: Any
) -> Offer:
    """Offer a pack at the middle of its band, with whatever papers the goods need."""
    variant = variant or make_variant(session)
    cooperative = cooperative or make_party(session)
    product = queries.get_product(session, variant.product_id)
    make_licences(session, cooperative, product)
    declared = frozenset(
        paper.code
        for paper in queries.papers_for(session, product.product_form)
        if paper.scheme_code is None and paper.code != "not_for_consumers"
    )
    draft = OfferDraft(
        variant_id=variant.id,
        cooperative_id=cooperative.id,
        price_fen=(variant.price_low_fen + variant.price_high_fen) // 2,
        declared_papers=declared,
    )
    return service.make_offer(session, replace(draft, **overrides))


def make_licences(session: Session, holder: Party, product: Product) -> None:
    """Give a holder the enterprise's licences that goods need and it lacks (食品生产许可证)."""
    for paper in queries.papers_for(session, product.product_form):
        if paper.requirement is not Requirement.REQUIRED or paper.level is not SchemeLevel.ENTERPRISE:
            continue
        held = queries.certificates_of_sellers(session, [product.id], [holder.id], time.now())
        if paper.scheme_code and paper.scheme_code not in {one.scheme_code for one in held}:
            make_certificate(session, holder, paper.scheme_code, ())


def make_certificate(
    session: Session,
    holder: Party,
    scheme_code: str = "zhenpin",
    product_ids: tuple[ProductId, ...] = (),
    **overrides: Any,
) -> Certificate:
    """Submit and verify a demonstration certificate that began a month ago and lasts a year more."""
    scheme = queries.reference(session).schemes[scheme_code]
    draft = CertificateDraft(
        scheme_code=scheme_code,
        number=f"{scheme.demo_prefix}{next(_numbers):06d}",
        holder_id=holder.id,
        valid_from=time.today() - timedelta(days=30),
        valid_to=time.today() + timedelta(days=330),
        product_ids=frozenset(product_ids),
        base=make_base(session, product_ids) if scheme.level is SchemeLevel.BASE else None,
    )
    submitted = service.submit_certificate(session, replace(draft, **overrides))
    return service.verify_certificate(session, submitted.id, SEEN)


def make_base(session: Session, product_ids: tuple[ProductId, ...]) -> Base:
    """Name a base where the goods grow."""
    county = queries.get_product(session, product_ids[0]).county_code
    return Base(name="演示基地（演示）", county_code=county)


def make_lot(session: Session, offer: Offer | None = None, **overrides: Any) -> Lot:
    """Record a lot harvested yesterday."""
    offer = offer or make_offer(session)
    values: dict[str, Any] = {
        "code": f"L{next(_numbers):06d}",
        "harvested_on": time.today() - timedelta(days=1),
    }
    return service.record_lot(session, offer.id, **(values | overrides))


def scheme_in_memory(**overrides: Any) -> Scheme:
    scheme = Scheme(
        code="zhenpin",
        order_no=1,
        name=Name("圳品", "圳品", "Zhenpin"),
        short_name=Name("圳品", "圳品", "Zhenpin"),
        issuer=Name("评价机构", "評價機構", "Evaluation body"),
        level=SchemeLevel.PRODUCT,
        status=SchemeStatus.ACTIVE,
        validity_months=None,
        renewal_days_before=None,
        renewal_in_business_days=False,
        number_pattern=None,
        demo_prefix="DEMO-ZP-",
        shows_badge=True,
    )
    return replace(scheme, **overrides)


def certificate_in_memory(**overrides: Any) -> Certificate:
    """A verified certificate of 2026, from its first to its last day."""
    certificate = Certificate(
        id=CertificateId(1),
        scheme_code="zhenpin",
        number="DEMO-ZP-000001",
        holder_id=PartyId(1),
        issuer="评价机构",
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        state=CertificateState.VERIFIED,
        product_ids=frozenset({ProductId(1)}),
        verified_at=datetime(2025, 12, 1, tzinfo=UTC),
    )
    return replace(certificate, **overrides)


def product_in_memory(**overrides: Any) -> Product:
    product = Product(
        id=ProductId(1),
        slug="demo-fruit",
        number="P900000",
        name=Name("山果（演示）", "山果（演示）", "Hill fruit (demo)"),
        pinyin="shan guo yan shi",
        cut=None,
        county_code=DivisionCode(CONGJIANG),
        industry_code="fruit",
        aisle_code="fruit",
        picture_kind="kiwifruit_red",
        product_form="primary_plant",
        storage_code="fruit_cold",
        storage_kind=StorageKind.CHILLED,
        range=TemperatureRange(min_milli_c=0, max_milli_c=4000),
        excursion_lower_milli_c=-500,
        excursion_upper_milli_c=8000,
        shelf_life_days=20,
        harvest_months=(9, 10),
        sale_months=(9, 10, 11),
        description=Name("山里的果子。", "", "Fruit from the hills."),
        keywords=("水果",),
        keywords_en=("fruit",),
        consumer_sellable=True,
        status=ProductStatus.LISTED,
        photo_digest=None,
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return replace(product, **overrides)


def variant_in_memory(**overrides: Any) -> Variant:
    variant = Variant(
        id=VariantId(1),
        product_id=ProductId(1),
        code="demo-fruit-2500g",
        order_no=1,
        pack=Name("箱装 2.5 kg", "箱裝 2.5 kg", "Case, 2.5 kg"),
        unit_code="case",
        net_weight_g=2500,
        price_low_fen=3000,
        price_high_fen=9000,
    )
    return replace(variant, **overrides)


def offer_in_memory(**overrides: Any) -> Offer:
    offer = Offer(
        id=OfferId(1),
        variant_id=VariantId(1),
        product_id=ProductId(1),
        cooperative_id=PartyId(1),
        producer_id=PartyId(1),
        price_fen=5000,
        minimum=1,
        lead_days=1,
        daily_capacity=100,
        cut_off_hour=16,
        serves_hong_kong_macao=False,
        status=OfferStatus.LISTED,
    )
    return replace(offer, **overrides)


def paper_in_memory(**overrides: Any) -> Paper:
    paper = Paper(
        product_form="prepackaged",
        code="sc_license",
        scheme_code="sc_license",
        level=SchemeLevel.ENTERPRISE,
        name=Name("食品生产许可证", "食品生產許可證", "Food production licence"),
        requirement=Requirement.REQUIRED,
        condition_zh="",
        condition_en="",
        legal_basis="",
    )
    return replace(paper, **overrides)
