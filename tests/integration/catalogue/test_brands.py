"""A brand stands on goods by its holder's word and no longer than that, whoever the holder is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, rules, service
from marketplace.catalogue.named import (
    BrandExists,
    BrandMovedOn,
    BrandNotFound,
    BrandUseExists,
    BrandUseNotFound,
    BrandWrong,
)
from marketplace.catalogue.types import (
    Authorisation,
    Brand,
    BrandDraft,
    BrandId,
    BrandKind,
    BrandState,
    BrandUse,
    BrandUseId,
    Offer,
    UseState,
)
from marketplace.kernel import time
from marketplace.kernel.message import Name
from marketplace.kernel.time import FixedClock
from marketplace.parties.types import PartyId, PartyKind
from tests.conftest import NOON
from tests.factories.catalogue import make_offer, make_reference, make_variant
from tests.factories.parties import make_party
from tests.factories.places import CONGJIANG

DAY = date(2026, 11, 23)
OFFSETS = st.integers(-60, 60)


def _draft(kind: BrandKind, holder: PartyId | None, name: str = "香禾（演示）") -> BrandDraft:
    return BrandDraft(
        kind=kind,
        name=Name(name, "", "Xianghe (demo)"),
        holder_id=holder,
        holder_name="香禾协会（演示）",
        division_code=CONGJIANG if kind is BrandKind.REGIONAL else None,
        registration="",
    )


@pytest.fixture
def offer(session: Session, clock: FixedClock) -> Offer:
    """A cooperative's offer: only on goods one sells may a brand stand."""
    del clock
    make_reference(session)
    return make_offer(session, make_variant(session), make_party(session))


def _word(days: int | None = 365) -> Authorisation:
    last = None if days is None else time.today() + timedelta(days=days)
    return Authorisation(valid_from=time.today(), valid_to=last, document="授权书DEMO-1")


@given(state=st.sampled_from(UseState), brand=st.sampled_from(BrandState), first=OFFSETS, last=OFFSETS)
def test_a_use_stands_exactly_in_its_term(state: UseState, brand: BrandState, first: int, last: int) -> None:
    held = Brand(
        id=BrandId(1),
        kind=BrandKind.PRODUCT,
        name=Name("香", "", "X"),
        holder_id=None,
        holder_name="某",
        division_code=None,
        registration="",
        state=brand,
        reason="",
        submitted_at=NOON,
    )
    use = BrandUse(
        id=BrandUseId(1),
        brand_id=BrandId(1),
        user_id=PartyId(1),
        product_ids=frozenset(),
        state=state,
        note="",
        document="",
        reason="",
        valid_from=DAY + timedelta(days=first),
        valid_to=DAY + timedelta(days=last),
        asked_at=NOON,
        decided_at=NOON,
    )
    stands = state is UseState.AUTHORISED and brand is BrandState.LISTED and first <= 0 <= last
    assert rules.may_use(held, use, DAY) is stands


def test_a_public_body_lets_a_cooperative_use_its_regional_brand(
    session: Session, offer: Offer, clock: FixedClock
) -> None:
    holder = make_party(session, PartyKind.AUTHORITY, name="从江县某局（演示）")
    brand = service.submit_brand(session, _draft(BrandKind.REGIONAL, holder.id), is_checked=True)
    use = service.ask_use(session, brand.id, offer.cooperative_id, [offer.product_id], "")
    assert not rules.may_use(brand, use, time.today())
    assert queries.brands_beside(session, [offer.product_id]) == {offer.product_id: ()}
    with pytest.raises(BrandUseExists):
        service.ask_use(session, brand.id, offer.cooperative_id, [offer.product_id], "")
    with pytest.raises(BrandUseNotFound):
        service.authorise_use(session, use.id, offer.cooperative_id, _word())
    with pytest.raises(BrandUseNotFound):
        service.authorise_use(session, use.id, None, _word())
    use = service.authorise_use(session, use.id, holder.id, _word(30))
    ((shown, _use),) = queries.brands_beside(session, [offer.product_id])[offer.product_id]
    assert shown.id == brand.id
    assert rules.may_use(brand, use, time.today() + timedelta(days=30))
    clock.advance(timedelta(days=31))
    assert not rules.may_use(brand, use, time.today())
    service.withdraw_use(session, use.id, holder.id, "品质不合格（演示）")
    assert queries.brands_beside(session, [offer.product_id]) == {offer.product_id: ()}
    assert (
        service.ask_use(session, brand.id, offer.cooperative_id, [offer.product_id], "").state
        is UseState.ASKED
    )


def test_an_own_brand_is_reviewed_and_then_needs_nobodys_word(session: Session, offer: Offer) -> None:
    owner = offer.cooperative_id
    brand = service.submit_brand(session, _draft(BrandKind.ENTERPRISE, owner))
    with pytest.raises(BrandExists):
        service.submit_brand(session, _draft(BrandKind.ENTERPRISE, owner))
    with pytest.raises(BrandNotFound):
        service.ask_use(session, brand.id, owner, [offer.product_id], "")
    brand = service.list_brand(session, brand.id)
    use = service.ask_use(session, brand.id, owner, [offer.product_id], "")
    assert rules.may_use(brand, use, time.today())
    ended = service.end_brand(session, brand.id, "持有人放弃（演示）")
    assert not rules.may_use(ended, use, time.today())
    assert queries.brands_beside(session, [offer.product_id]) == {offer.product_id: ()}
    with pytest.raises(BrandMovedOn):
        service.list_brand(session, brand.id)
    assert service.submit_brand(session, _draft(BrandKind.ENTERPRISE, owner)).state is BrandState.SUBMITTED


def test_what_is_wrong_is_said_and_nothing_is_kept(session: Session, offer: Offer) -> None:
    with pytest.raises(BrandWrong):
        service.submit_brand(session, _draft(BrandKind.REGIONAL, None, name=""), is_checked=True)
    brand = service.submit_brand(session, _draft(BrandKind.PRODUCT, None), is_checked=True)
    other = make_offer(session, make_variant(session), make_party(session))
    for goods in ([], [other.product_id]):
        with pytest.raises(BrandWrong):
            service.ask_use(session, brand.id, offer.cooperative_id, goods, "")
    use = service.ask_use(session, brand.id, offer.cooperative_id, [offer.product_id], "")
    unproved = Authorisation(valid_from=time.today(), valid_to=None, document="")
    with pytest.raises(BrandWrong):
        service.authorise_use(session, use.id, None, unproved)
    over = Authorisation(valid_from=DAY - timedelta(days=9), valid_to=DAY - timedelta(days=1), document="书")
    with pytest.raises(BrandWrong):
        service.authorise_use(session, use.id, None, over)
    assert queries.get_use(session, use.id).state is UseState.ASKED
