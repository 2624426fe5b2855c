"""The main pages, by who opens them, in a shop where goods were ordered, packed, handed over and received."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from marketplace.assistance import queries as record
from marketplace.assistance import rules as counting
from marketplace.assistance.types import Selection
from marketplace.catalogue import queries as catalogue
from marketplace.custody import queries as custody
from marketplace.custody.types import (
    Consignment,
    CustodyEvidence,
    HandOffDraft,
    Holder,
    HolderKind,
    Readings,
    SignatureDraft,
    SignatureMethod,
)
from marketplace.flow import hand_over
from marketplace.kernel import unit_of_work
from marketplace.orders.types import Order
from marketplace.parties.types import Party
from marketplace.places import queries as places
from tests.factories.assistance import complete_by_hand
from tests.web import ordering
from tests.web.shop import RED_KIWI, SWEET_RICE, XIUWEN_KIWI, ZHENPIN_NUMBER, Shop

STRANGER = "stranger"
PEOPLE = (STRANGER, "consumer", "unit", "cooperative", "carrier", "warehouse", "official", "operator")

_THREE_SELLERS = {(RED_KIWI, "DEMO-SC"): 1, (XIUWEN_KIWI, "DEMO-XW"): 2, (SWEET_RICE, "DEMO-CJ"): 1}


def open_shop(session: Session) -> Mapping[str, Sequence[str]]:
    """Let people trade, then name the addresses of the main pages for each of them."""
    waiting = ordering.placed(session).order
    received = _received(session)
    bought = ordering.packed(session, _THREE_SELLERS)
    ordering.paid(session, unit="DEMO-UNIT")
    to_pack = ordering.paid(session)
    _taken_by_carrier(session, bought)
    with_carrier, still_here = _loads(session, bought)
    offer = Shop(session).offer(RED_KIWI, "DEMO-SC")
    lot = catalogue.lots_of_offer(session, offer.id)[0]
    certificate = catalogue.find_certificates(session, ZHENPIN_NUMBER)[0]
    entry = record.lines(session, Selection(period=counting.parse_period("2026"))).items[0]
    pairing = places.list_pairings(session)[0]
    own_part = next(one for one in to_pack.fulfilments)
    return {
        STRANGER: [*_shop_window(with_carrier)],
        "consumer": [
            "/account",
            "/account/orders",
            "/account/notices",
            "/account/profile",
            "/account/password",
            "/basket",
            "/checkout",
            f"/checkout/pay/{waiting.number}",
            f"/orders/{waiting.number}",
            f"/orders/{bought.number}",
            f"/orders/{received.number}",
            f"/orders/{received.number}/share",
            "/join/apply",
            "/oversight",  # not theirs: told so
        ],
        "unit": ["/purchasing", "/account"],
        "cooperative": [
            "/cooperative",
            "/cooperative/orders",
            "/cooperative/orders?state=packed",
            f"/cooperative/orders/{own_part.number}",
            "/cooperative/offers",
            "/cooperative/tables",
            f"/cooperative/offers/{offer.id}",
            "/cooperative/offers/new",
            f"/cooperative/offers/new/{XIUWEN_KIWI}",
            "/cooperative/goods/new",
            "/cooperative/lots",
            f"/cooperative/lots/{lot.id}",
            "/cooperative/standing",
            "/cooperative/brands",
            "/cooperative/story",
            "/cooperative/certificates",
            "/cooperative/statements",
            "/cooperative/statements/2026-11",
        ],
        "carrier": [
            "/carrier/",
            f"/h/{with_carrier.label_token}",
            f"/h/{still_here.label_token}",
            f"/carrier/hand-over?load={with_carrier.label_token}",
        ],
        "warehouse": ["/carrier/", f"/h/{with_carrier.label_token}", "/carrier/waybills"],
        "official": [
            "/oversight",
            *(f"/oversight/table?by={by}" for by in ("pairing", "prefecture", "county", "industry", "month")),
            "/oversight/lines",
            f"/oversight/lines/{entry.id}",
            "/oversight/pairings",
            f"/oversight/pairings/{pairing.id}",
            "/oversight/editions",
            "/oversight/rules",
            "/oversight/certificates",
        ],
        "operator": [
            "/operator",
            "/operator/orders",
            f"/operator/orders/{bought.number}",
            f"/operator/orders/{bought.number}/routing",
            "/operator/certificates",
            f"/operator/certificates/{certificate.id}",
            "/operator/editions",
            "/operator/brands",
            "/operator/parties",
            "/operator/parties/DEMO-SC",
            "/operator/payments",
            "/operator/breaches",
            "/operator/unaccepted",
            "/operator/search",
            "/operator/search?q=mihoutao",
            "/operator/searches",
        ],
    }


def _shop_window(load: Consignment) -> Sequence[str]:
    return (
        "/",
        "/search",
        "/search?q=%E7%8C%95%E7%8C%B4%E6%A1%83",
        "/search/by/county",
        "/search?q=%E4%B8%8D%E5%AD%98%E5%9C%A8%E7%9A%84%E4%B8%9C%E8%A5%BF",
        f"/products/{RED_KIWI}",
        f"/products/{XIUWEN_KIWI}",
        "/counties",
        "/counties/520204",
        "/catalogue",
        "/cooperation/li-cong-rong",
        "/certificates",
        "/join",
        f"/certificates/zhenpin/{ZHENPIN_NUMBER}",
        "/cooperatives/DEMO-SC",
        "/basket",
        "/sign-in",
        "/sign-in?way=password",
        "/about",
        "/about/how-counted",
        "/about/licences",
        "/demo/inbox",
        "/api/docs",
        f"/trace/{load.trace_token}",
        f"/h/{load.label_token}",
        "/nothing-here",
    )


def _received(session: Session) -> Order:
    order = ordering.packed(session, {(SWEET_RICE, "DEMO-CJ"): 3})
    return unit_of_work.commit(
        session, lambda one: complete_by_hand(one, order, CustodyEvidence.DOUBLE_SIGNED)
    )


def _loads(session: Session, order: Order) -> list[Consignment]:
    """Return the chilled load the carrier has, then one that still waits for it."""
    found = custody.consignments_by_token(session, [part.label_token for part in order.fulfilments])
    return sorted(found, key=lambda one: one.holder.kind is not HolderKind.CARRIER)[:2]


def _taken_by_carrier(session: Session, order: Order) -> None:
    shop = Shop(session)
    load = next(
        one
        for one in custody.consignments_by_token(session, [part.label_token for part in order.fulfilments])
        if one.needs_temperature
    )
    carrier = shop.party("DEMO-CARRIER")
    draft = HandOffDraft(
        consignment_id=load.id,
        to=Holder(kind=HolderKind.CARRIER, party_id=carrier.id, name=carrier.name),
        giver=_signed(shop.party("DEMO-SC"), "装箱员（演示）"),
        receiver=_signed(carrier, "司机（演示）"),
        packages=load.packages,
        seal_number="F000001",
        readings=Readings(surface_min_milli_c=1000, surface_max_milli_c=1500),
    )
    seller = load.holder.party_id
    assert draft.giver is not None
    draft = replace(draft, giver=replace(draft.giver, party_id=seller))
    unit_of_work.commit(session, lambda one: hand_over.record(one, draft))


def _signed(party: Party, name: str) -> SignatureDraft:
    return SignatureDraft(name=name, method=SignatureMethod.ON_SCREEN, party_id=party.id)
