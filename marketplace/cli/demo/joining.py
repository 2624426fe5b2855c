"""Who comes in and stays: applications, verifications, producers named, brands lent; all （演示）."""

import io
from datetime import date, timedelta
from functools import partial

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as goods
from marketplace.catalogue.types import Authorisation, BrandDraft, BrandKind, OfferId, ProductId
from marketplace.cli.demo.cast import Cast, Member
from marketplace.cli.demo.certificates import acting
from marketplace.cli.demo.shelf import Shelf
from marketplace.cli.demo.stage import Stage
from marketplace.flow import join_market, let_in, verify_sellers
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.parties import queries as parties
from marketplace.parties import service as register
from marketplace.parties.types import (
    ApplicationDraft,
    ApplicationId,
    BusinessLicence,
    ContractMode,
    LicenceDraft,
    LicenceKind,
    Party,
    PartyId,
    Role,
)
from marketplace.places import queries as places
from marketplace.places.types import DivisionCode

_AHEAD = timedelta(days=35)
_LATE = (36, 37)
"""These are verified at the last moment, so that somebody is due when the year ends."""
_LAPSED = 38
_AGAINST = "国家企业信用信息公示系统，状态存续（演示）"
_STEPS = ("submitted", "submitted", "recommended", "returned", "accepted", "refused")
_APPLICANTS = (
    ("522633", "从江月亮山香禾专业合作社（演示）", "香禾糯和稻田鱼，十月起"),
    ("520204", "水城米箩果业专业合作社（演示）", "红心猕猴桃，八月至十一月"),
    ("522631", "黎平侗乡茶叶专业合作社（演示）", "春茶、秋茶"),
    ("522632", "榕江三宝蔬菜专业合作社（演示）", "辣椒和西红柿，五月起"),
    ("520324", "正安白茶专业合作社（演示）", "白茶，全年有货"),
    ("520525", "纳雍高山食用菌专业合作社（演示）", "香菇、木耳"),
)
_FIRST_PACKER = 13_800_090_001


def record_licences(session: Session, cast: Cast) -> None:
    """Note what each cooperative's business licence says, and let a packer into the first three."""
    for number, member in enumerate(cast.cooperatives.values()):
        party = _party(member)
        county = places.atlas(session).division(party.division_code)
        register.record_business_licence(
            session,
            BusinessLicence(
                party_id=party.id,
                credit_code=party.licence_number or "",
                legal_representative="法定代表人（演示）",
                address=f"{county.name.hans}某镇某村（演示）",
                ends_on=None,
                scan_digest=None,
                recorded_at=time.now(),
            ),
        )
        if number < len(_LATE) + 1:
            phone = f"+86{_FIRST_PACKER + number}"
            let_in.let_in(session, party.id, phone, "发货员（演示）", Role.COOPERATIVE_PACKER)


def verify_again(session: Session, stage: Stage, cast: Cast, day: date) -> None:
    """Verify whose half year ends within weeks; a few wait to the last, one is forgotten."""
    for number, member in enumerate(cast.cooperatives.values()):
        party = parties.get_party(session, _party(member).id)
        assert party.verified_until is not None
        left = party.verified_until - day
        if number == _LAPSED and len(parties.verifications_of(session, party.id)) > 1:
            continue
        is_last = number in _LATE and (left > timedelta(days=5) or day == stage.last)
        if left <= _AHEAD and not is_last:
            with acting(cast.operators[0].person.id):
                register.verify_party(session, party.id, _AGAINST)


def leave(stage: Stage, cast: Cast, shelf: Shelf) -> None:
    """Leave something to decide for the county, the operator, the producer and the holder of a brand."""
    scan = stage.ports.files.put(_picture())
    for number in range(len(_APPLICANTS)):
        stage.write(partial(_apply, cast=cast, number=number, scan=scan))
    stage.write(lambda session: _ask(session, cast))
    stage.write(lambda session: _name_producers(session, cast, shelf))
    stage.write(lambda session: _lend_brands(session, cast, shelf))


def _apply(session: Session, cast: Cast, number: int, scan: str) -> None:
    county, name, sold = _APPLICANTS[number]
    applicant, step = cast.consumers[-1 - number], _STEPS[number]
    draft = ApplicationDraft(
        name=name,
        name_en="",
        county_code=DivisionCode(county),
        credit_code=f"DEMO-USCC-{number + 1:04}",
        legal_representative="法定代表人（演示）",
        address="某镇某村（演示）",
        licence_ends_on=None,
        contact_name=applicant.person.display_name,
        goods=sold,
        note="",
        contract_mode=ContractMode.AGENCY if number == 1 else ContractMode.RESALE,
        licences=(
            LicenceDraft(
                kind=LicenceKind.PRODUCTION,
                number=f"DEMO-SC-9{number:05}",
                valid_from=time.today() - timedelta(days=200),
                valid_to=time.today() + timedelta(days=1500),
            ),
        )
        if number % 2
        else (),
        scan_digest=scan,
    )
    with acting(applicant.person.id):
        made = join_market.apply(session, applicant.person.id, draft, f"demo-application-{number}")
    _decide(session, cast, made.id, step)


def _decide(session: Session, cast: Cast, application_id: ApplicationId, step: str) -> None:
    scope = cast.officials[0].scope
    assert scope is not None
    with acting(cast.officials[0].person.id):
        if step == "returned":
            join_market.return_by_county(session, application_id, scope, "住所请写到村组（演示）")
        elif step != "submitted":
            join_market.recommend(session, application_id, scope, "实地看过，社员三十二户（演示）")
    with acting(cast.operators[0].person.id):
        if step == "accepted":
            join_market.accept(session, application_id, ContractMode.RESALE)
        elif step == "refused":
            join_market.refuse(session, application_id, "营业执照照片与代码不一致（演示）")


def _ask(session: Session, cast: Cast) -> None:
    members = list(cast.cooperatives.values())
    for number in (*_LATE[:1], _LAPSED):
        if number < len(members):
            party = parties.get_party(session, _party(members[number]).id)
            if party.verified_until is not None and party.verified_until <= time.today() + timedelta(days=30):
                verify_sellers.ask(session, party.id, "")


def _name_producers(session: Session, cast: Cast, shelf: Shelf) -> None:
    """Three cooperatives sell what the first three produce: one waits, one is confirmed, one denied."""
    seats = list(cast.cooperatives.values())
    answers = ("", "confirm", "deny")
    for seat, answer in zip(seats, answers, strict=False):
        producer = _party(seat)
        agent = next(
            (one for one in reversed(seats[3:]) if _party(one).division_code == producer.division_code), None
        )
        offer = _offer_of(shelf, _party(agent).id) if agent else None
        if agent is None or offer is None:
            continue
        with acting(agent.person.id):
            goods.change_producer(session, offer, producer.id)
        claim = catalogue.claims_naming(session, producer.id).items[0]
        with acting(seat.person.id):
            if answer == "confirm":
                goods.confirm_claim(session, claim.id, producer.id)
            elif answer == "deny":
                goods.deny_claim(session, claim.id, producer.id, "今年没有供货给这家（演示）")


def _lend_brands(session: Session, cast: Cast, shelf: Shelf) -> None:
    """A county's brand is lent to one and asked for by another; one brand is the cooperative's own."""
    seats = list(cast.cooperatives.values())
    first, county = _party(seats[0]), _party(cast.officials[-1])
    neighbour = next((one for one in seats[1:] if _party(one).division_code == first.division_code), seats[1])
    with acting(cast.operators[0].person.id):
        regional = goods.submit_brand(
            session,
            _brand(BrandKind.REGIONAL, "从江香禾糯（演示）", "Congjiang sweet rice (demonstration)", county),
            is_checked=True,
        )
    with acting(seats[0].person.id):
        own = goods.submit_brand(
            session,
            _brand(BrandKind.ENTERPRISE, "月亮山下（演示）", "Under Moon Hill (demonstration)", first),
        )
        products = _products_of(shelf, first.id)
        use = goods.ask_use(session, regional.id, first.id, products[:1], "")
    with acting(seats[1].person.id):
        goods.submit_brand(
            session,
            _brand(BrandKind.PRODUCT, "红心一号（演示）", "Red Heart One (demonstration)", _party(seats[1])),
        )
    with acting(cast.operators[0].person.id):
        goods.list_brand(session, own.id)
    until = time.today() + timedelta(days=400)
    with acting(cast.officials[-1].person.id):
        goods.authorise_use(
            session,
            use.id,
            county.id,
            Authorisation(valid_from=time.today(), valid_to=until, document="授权书 DEMO-0001"),
        )
    with acting(seats[0].person.id):
        goods.ask_use(session, own.id, first.id, products, "")
    with acting(neighbour.person.id):
        grown = _products_of(shelf, _party(neighbour).id)[:1]
        goods.ask_use(session, regional.id, _party(neighbour).id, grown, "同县种植（演示）")


def _brand(kind: BrandKind, hans: str, english: str, holder: Party) -> BrandDraft:
    return BrandDraft(
        kind=kind,
        name=Name(hans, "", english),
        holder_id=holder.id,
        holder_name=holder.name.hans,
        division_code=holder.division_code if kind is BrandKind.REGIONAL else None,
        registration="",
    )


def _products_of(shelf: Shelf, seller: PartyId) -> list[ProductId]:
    sold = (one.product.id for one in shelf.goods.values() if one.offer.cooperative_id == seller)
    return list(dict.fromkeys(sold))


def _offer_of(shelf: Shelf, seller: PartyId) -> OfferId | None:
    return next((key for key, one in shelf.goods.items() if one.offer.cooperative_id == seller), None)


def _party(member: Member) -> Party:
    assert member.party is not None
    return member.party


def _picture() -> bytes:
    """Draw what stands in for the picture of a business licence."""
    drawn = Image.new("RGB", (640, 440), "#fbfaf6")
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((20, 20, 620, 420), outline="#14284b", width=6)
    pen.text((250, 200), "DEMO", fill="#14284b", font_size=48)
    written = io.BytesIO()
    drawn.save(written, "PNG", optimize=True)
    return written.getvalue()
