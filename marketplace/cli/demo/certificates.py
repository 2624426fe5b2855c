"""Papers of the demonstration: licences, badges in every state, what waits, what was taken away."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service as shelf
from marketplace.catalogue.rules import certificates
from marketplace.catalogue.types import (
    Base,
    CertificateDraft,
    CertificateFilter,
    CertificateId,
    CertificateState,
    Check,
    CheckedAgainst,
    Offer,
    Paper,
    Product,
    ProductId,
    Scheme,
    SchemeLevel,
    Variant,
)
from marketplace.cli.demo.cast import Cast, Member
from marketplace.cli.demo.stage import Stage
from marketplace.flow import decide_certificate, hand_in_certificate
from marketplace.kernel import journal, time
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId, PersonId

_BADGES = ("zhenpin", "gba_cailanzi_base", "green_food_lb", "organic_cert", "assist_product")
_FLAGSHIPS = frozenset({"congjiang-xianghenuo", "zhengan-baicha", "liping-queshe", "xili-gongmi"})
_FRESH_AISLES = frozenset({"fruit", "vegetable", "meat_egg", "aquatic"})
_SEEN = Check(against=CheckedAgainst.ORIGINAL, note="演示材料（演示）")
_RENEWED = 2


@dataclass(frozen=True, slots=True)
class Good:
    """An offer with what a buyer sees of it."""

    offer: Offer
    product: Product
    variant: Variant
    seller: Member


@dataclass(slots=True)
class Papers:
    """The numbers given so far, who checks, and the certificates that the year will change."""

    checker: PersonId
    paper: str
    to_revoke: list[CertificateId] = field(default_factory=list)
    to_suspend: list[CertificateId] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def next_number(self, prefix: str) -> str:
        self.numbers[prefix] = self.numbers.get(prefix, 0) + 1
        return f"{prefix}{self.numbers[prefix]:06}"


@contextmanager
def acting(person: PersonId) -> Iterator[None]:
    """Let somebody do what follows, as the journal tells it."""
    former = journal.acting_person.set(person)
    try:
        yield
    finally:
        journal.acting_person.reset(former)


def draw_paper(stage: Stage, number: str) -> str:
    """Draw and keep a sheet that says DEMO and a number: it proves nothing, and nobody can think it does."""
    sheet = Image.new("RGB", (900, 640), "#fbfaf6")
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((24, 24, 875, 615), outline="#2b4c8c", width=6)
    pen.text((450, 230), "DEMO", fill="#2b4c8c", font=ImageFont.load_default(150), anchor="mm")
    pen.text((450, 400), number, fill="#1b1f24", font=ImageFont.load_default(44), anchor="mm")
    written = io.BytesIO()
    sheet.save(written, "PNG", optimize=True)
    return hand_in_certificate.keep_evidence(written.getvalue(), stage.ports.files)


def license_for(
    session: Session, made: Papers, seller: PartyId, product: Product, papers: Iterable[Paper]
) -> None:
    held = catalogue.held_papers(session, product, {seller}, ())
    for paper in papers:
        if paper.scheme_code is not None and paper.code not in held:
            certify(session, made, seller, paper.scheme_code)


def certify(
    session: Session,
    made: Papers,
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
            evidence_digest=made.paper,
            base=None if product is None else _base(session, scheme, holder, product),
        ),
    )
    with acting(made.checker):
        return shelf.verify_certificate(session, submitted.id, _SEEN).id


def _base(session: Session, scheme: Scheme, holder: PartyId, product: ProductId) -> Base | None:
    """Name the base that a base certificate speaks about, where the goods grow."""
    if scheme.level is not SchemeLevel.BASE:
        return None
    name = parties.get_party(session, holder).name.hans.removesuffix("（演示）")
    county = catalogue.get_product(session, product).county_code
    return Base(name=f"{name}基地（演示）", county_code=county)


def give_badges(session: Session, stage: Stage, made: Papers, goods: Iterable[Good]) -> None:
    """Give badges: most good to the end, some that lapse within the year or soon after its end."""
    seen: set[tuple[PartyId, ProductId]] = set()
    schemes = catalogue.reference(session).schemes
    for good in goods:
        assert good.seller.party is not None
        key = (good.seller.party.id, good.product.id)
        if key in seen:
            continue
        seen.add(key)
        flagship = "hongxin-mihoutao" in good.product.slug or good.product.slug in _FLAGSHIPS
        for place, code in enumerate(_BADGES):
            if code not in schemes or not (
                (flagship and code == "zhenpin") or stage.chance.random() < (0.34, 0.2, 0.22, 0.1, 0.2)[place]
            ):
                continue
            if code == "gba_cailanzi_base" and good.product.aisle_code not in _FRESH_AISLES:
                continue
            _give_badge(session, stage, made, key, code, flagship=flagship)


def _give_badge(
    session: Session, stage: Stage, made: Papers, key: tuple[PartyId, ProductId], code: str, *, flagship: bool
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


def submit(stage: Stage, made: Papers, goods: Iterable[Good], count: int) -> None:
    """Let some cooperatives hand in a certificate for the operators to look at."""
    for good in stage.chance.sample(list(goods), count):
        with acting(good.seller.person.id):
            stage.write(partial(_hand_in, stage=stage, made=made, good=good))


def _hand_in(session: Session, stage: Stage, made: Papers, good: Good) -> None:
    assert good.seller.party is not None
    scheme = catalogue.reference(session).schemes["zhenpin"]
    first, number = time.today(), made.next_number(scheme.demo_prefix)
    draft = CertificateDraft(
        scheme_code=scheme.code,
        number=number,
        holder_id=good.seller.party.id,
        valid_from=first,
        valid_to=certificates.add_months(first, scheme.validity_months or 24) - timedelta(days=1),
        product_ids=frozenset({good.product.id}),
    )
    hand_in_certificate.hand_in(session, draft, draw_paper(stage, number))


def change(stage: Stage, cast: Cast, made: Papers) -> None:
    """Some certificates are revoked, some suspended, a few have their next term waiting or verified."""
    operator = cast.operators[0].person.id
    with acting(operator):
        for found in made.to_revoke:
            stage.write(partial(decide_certificate.revoke, certificate_id=found, reason="抽检不合格（演示）"))
        for found in made.to_suspend:
            stage.write(partial(decide_certificate.suspend, certificate_id=found, reason="整改中（演示）"))
    stage.write(lambda session: _renew(session, stage, made))
    stage.run("catalogue.remind_holders")


def _renew(session: Session, stage: Stage, made: Papers) -> None:
    """Hand in the next term of the first badges that end soon, and verify one of them."""
    soon = CertificateFilter(
        states=frozenset({CertificateState.VERIFIED}), ends_before=stage.last + timedelta(days=40)
    )
    ending = [one for one in catalogue.list_certificates(session, soon).items if one.valid_to is not None]
    for place, one in enumerate(ending[:_RENEWED]):
        assert one.valid_to is not None
        scheme = catalogue.reference(session).schemes[one.scheme_code]
        first = one.valid_to + timedelta(days=1)
        submitted = shelf.submit_certificate(
            session,
            CertificateDraft(
                scheme_code=one.scheme_code,
                number=one.number,
                holder_id=one.holder_id,
                valid_from=first,
                valid_to=certificates.add_months(first, scheme.validity_months or 24) - timedelta(days=1),
                product_ids=one.product_ids,
                base=one.base,
                evidence_digest=made.paper,
            ),
        )
        if place == 0:
            with acting(made.checker):
                decide_certificate.verify(session, submitted.id, _SEEN)
