"""Brands and their uses in words, alike for holders, users, the operator and the public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from flask import request
from pydantic import Field
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules, service
from marketplace.catalogue.types import (
    Authorisation,
    Brand,
    BrandKind,
    BrandState,
    BrandUse,
    BrandUseId,
    Product,
    ProductId,
    UseState,
)
from marketplace.kernel import time
from marketplace.kernel.message import Message, Name, msg
from marketplace.parties import queries as parties
from marketplace.parties.types import Party, PartyId
from marketplace.web.forms import Form, FormModel, parse
from marketplace.web.language import gettext as _
from marketplace.web.outcome import done
from marketplace.web.wording import Toned

KINDS: Mapping[BrandKind, Message] = {
    BrandKind.REGIONAL: msg("区域公用品牌"),
    BrandKind.ENTERPRISE: msg("农业企业品牌"),
    BrandKind.PRODUCT: msg("农产品品牌"),
}
BRAND_STATES: Mapping[BrandState, Toned] = {
    BrandState.SUBMITTED: (msg("待审核"), "wait"),
    BrandState.LISTED: (msg("已登记"), "good"),
    BrandState.REFUSED: (msg("未通过"), "stop"),
    BrandState.ENDED: (msg("已停用"), "plain"),
}
USE_STATES: Mapping[UseState, Toned] = {
    UseState.ASKED: (msg("等持有人答复"), "wait"),
    UseState.AUTHORISED: (msg("已授权"), "good"),
    UseState.REFUSED: (msg("没有授权"), "stop"),
    UseState.WITHDRAWN: (msg("已收回"), "plain"),
}
_OVER: Toned = (msg("不在授权期内"), "plain")


class UseForm(FormModel):
    """A holder's word: a term and a document, or the reason why not."""

    valid_from: date | None = None
    valid_to: date | None = None
    document: Annotated[str, Field(max_length=120)] = ""
    reason: Annotated[str, Field(max_length=200)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandView:
    brand: Brand
    kind: Message
    holder: Name | str
    state: Toned


@dataclass(frozen=True, slots=True, kw_only=True)
class UseView:
    use: BrandUse
    brand: Brand
    kind: Message
    user: Party
    products: tuple[Product, ...]
    state: Toned


def views(
    session: Session, brands: Sequence[Brand], uses: Sequence[BrandUse]
) -> tuple[list[BrandView], list[UseView]]:
    """Say brands and uses in words, in three statements at most however many there are."""
    known = {one.id: one for one in brands}
    missing = {one.brand_id for one in uses} - known.keys()
    known |= catalogue.brands_by_id(session, missing) if missing else {}
    wanted = {one.holder_id for one in brands if one.holder_id is not None} | {one.user_id for one in uses}
    known_parties = parties.parties_by_id(session, wanted) if wanted else {}
    product_ids = {key for one in uses for key in one.product_ids}
    products = catalogue.products_by_id(session, product_ids) if product_ids else {}
    return (
        [_brand(one, known_parties) for one in brands],
        [_use(one, known[one.brand_id], known_parties[one.user_id], products) for one in uses],
    )


def brand_views(session: Session, brands: Sequence[Brand]) -> list[BrandView]:
    return views(session, brands, [])[0]


def use_views(session: Session, uses: Sequence[BrandUse]) -> list[UseView]:
    return views(session, [], uses)[1]


def _brand(one: Brand, known: Mapping[PartyId, Party]) -> BrandView:
    return BrandView(
        brand=one,
        kind=KINDS[one.kind],
        holder=known[one.holder_id].name if one.holder_id is not None else one.holder_name,
        state=BRAND_STATES[one.state],
    )


def _use(one: BrandUse, brand: Brand, user: Party, products: Mapping[ProductId, Product]) -> UseView:
    is_over = one.state is UseState.AUTHORISED and not rules.may_use(brand, one, time.today())
    return UseView(
        use=one,
        brand=brand,
        kind=KINDS[brand.kind],
        user=user,
        products=tuple(products[key] for key in sorted(one.product_ids)),
        state=_OVER if is_over else USE_STATES[one.state],
    )


def standing_uses(session: Session, user: Party) -> list[UseView]:
    """Return the brands that a cooperative may use today, each with the goods it stands on."""
    today = time.today()
    held = [
        (brand, use)
        for brand, use in catalogue.authorised_uses(session, user.id)
        if rules.may_use(brand, use, today)
    ]
    if not held:
        return []
    products = catalogue.products_by_id(session, {key for _brand, use in held for key in use.product_ids})
    return [_use(use, brand, user, products) for brand, use in held]


def decide(use_id: BrandUseId, holder_id: PartyId | None, decision: str) -> Form[UseForm] | None:
    """Carry out a holder's decision from the form at hand; a form with errors comes back."""
    form = parse(UseForm, request.form)
    if form.model is None:
        return form
    sent = form.model
    if decision == "authorise":
        word = Authorisation(
            valid_from=sent.valid_from or time.today(), valid_to=sent.valid_to, document=sent.document
        )
        done(
            lambda session: service.authorise_use(session, use_id, holder_id, word),
            _("已授权，对方的商品可以标这个品牌了。"),
        )
        return None
    if not sent.reason:
        form.errors["reason"] = _("请写明原因，会告诉对方。")
        return form
    act, said = (
        (service.refuse_use, _("已记下不授权和原因。"))
        if decision == "refuse"
        else (service.withdraw_use, _("已收回授权，商品上马上不再标这个品牌。"))
    )
    done(lambda session: act(session, use_id, holder_id, sent.reason), said)
    return None
