"""What the forms of a cooperative's own goods send, and how a description fills them."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from marketplace.catalogue import rules
from marketplace.catalogue.rules.contents import (
    KEYWORDS_MAX,
    LINE_MAX,
    MOST_FEN,
    MOST_GRAMS,
    NAME_MAX,
    PACKS_MAX,
    SHELF_LIFE_MAX_DAYS,
    TEXT_MAX,
)
from marketplace.catalogue.types import GoodsContent, OfferTerms, PackContent, Proposal, Variant, VariantId
from marketplace.flow.bring_goods import FirstOffers
from marketplace.kernel import money
from marketplace.kernel.money import Fen, parse_yuan
from marketplace.web.cooperative.forms import PACKS_MAX as PACKS_A_DAY
from marketplace.web.cooperative.forms import Identifier
from marketplace.web.forms import Form, FormModel

_Short = Annotated[str, Field(max_length=NAME_MAX)]
_English = Annotated[str, Field(max_length=LINE_MAX)]
_Text = Annotated[str, Field(max_length=TEXT_MAX)]
_Code = Annotated[str, Field(max_length=40)]
_Month = Annotated[int, Field(ge=1, le=12)]
_Line = Annotated[str, Field(max_length=LINE_MAX)]
_Lines = Annotated[tuple[_Line, ...], Field(max_length=PACKS_MAX)]


class NewGoodsForm(FormModel):
    name: Annotated[str, Field(min_length=2, max_length=NAME_MAX)]
    county_code: _Code
    aisle_code: _Code = ""
    key: Annotated[str, Field(min_length=8, max_length=100)]


class GoodsForm(FormModel):
    """A whole description; the lines of packs stand beside one another, an empty name is no pack."""

    name: Annotated[str, Field(min_length=2, max_length=NAME_MAX)]
    name_en: _English = ""
    county_code: _Code = ""
    industry_code: _Code = ""
    aisle_code: _Code = ""
    product_form: _Code = ""
    picture_kind: _Code = ""
    storage_code: _Code = ""
    shelf_life_days: Annotated[int, Field(ge=1, le=SHELF_LIFE_MAX_DAYS)] | None = None
    harvest_months: tuple[_Month, ...] = ()
    sale_months: tuple[_Month, ...] = ()
    allergens: tuple[_Code, ...] = ()
    description: _Text = ""
    description_en: _Text = ""
    keywords: Annotated[str, Field(max_length=LINE_MAX)] = ""
    pack_code: _Lines = ()
    pack: _Lines = ()
    pack_en: _Lines = ()
    pack_cut: _Lines = ()
    pack_unit: _Lines = ()
    pack_weight: _Lines = ()
    pack_price: _Lines = ()


class FirstOffersForm(FormModel):
    """Prices of the packs, beside one another as the page showed them; an empty one is not offered yet."""

    variant: tuple[Identifier, ...] = ()
    price: Annotated[tuple[_Line, ...], Field(max_length=PACKS_MAX * 4)] = ()
    minimum: Annotated[int, Field(ge=1, le=PACKS_A_DAY)] = 1
    lead_days: Annotated[int, Field(ge=0, le=30)] = 1
    daily_capacity: Annotated[int, Field(ge=1, le=PACKS_A_DAY)] = 100
    cut_off_hour: Annotated[int, Field(ge=0, le=23)] = 16
    serves_hong_kong_macao: bool = False
    paper: tuple[_Code, ...] = ()
    producer: _Code = ""


class WithdrawForm(FormModel):
    reason: Annotated[str, Field(min_length=2, max_length=200)]


def first_offers(sent: FirstOffersForm, packs: Iterable[Variant]) -> FirstOffers | None:
    """Return what is asked for the packs shown; None where nothing, or something that is no amount."""
    shown = {one.id for one in packs}
    typed = {
        VariantId(key): text
        for key, text in zip(sent.variant, sent.price, strict=False)
        if text and key in shown
    }
    prices = {key: fen for key, text in typed.items() if (fen := parse_yuan(text)) is not None}
    if not prices or len(prices) < len(typed):
        return None
    return FirstOffers(
        prices=prices,
        terms=OfferTerms(
            minimum=sent.minimum,
            lead_days=sent.lead_days,
            daily_capacity=sent.daily_capacity,
            cut_off_hour=sent.cut_off_hour,
            serves_hong_kong_macao=sent.serves_hong_kong_macao,
        ),
        declared_papers=frozenset(sent.paper),
    )


def content_of(form: GoodsForm) -> GoodsContent:
    """Return what was typed as a description; what cannot be read as a number stays empty."""
    return GoodsContent(
        name=rules.clean_text(form.name),
        name_en=rules.clean_text(form.name_en),
        county_code=form.county_code,
        industry_code=form.industry_code,
        aisle_code=form.aisle_code,
        product_form=form.product_form,
        picture_kind=form.picture_kind,
        storage_code=form.storage_code,
        shelf_life_days=form.shelf_life_days,
        harvest_months=tuple(sorted(set(form.harvest_months))),
        sale_months=tuple(sorted(set(form.sale_months) | set(form.harvest_months))),
        allergens=tuple(sorted(set(form.allergens))),
        description=rules.clean_text(form.description),
        description_en=rules.clean_text(form.description_en),
        keywords=tuple(dict.fromkeys(form.keywords.split()))[:KEYWORDS_MAX],
        packs=tuple(_packs(form)),
    )


def typed(content: GoodsContent) -> Form[FormModel]:
    """Fill the form with a description."""
    said: dict[str, str | list[str]] = {
        "name": content.name,
        "name_en": content.name_en,
        "county_code": content.county_code,
        "industry_code": content.industry_code,
        "aisle_code": content.aisle_code,
        "product_form": content.product_form,
        "picture_kind": content.picture_kind,
        "storage_code": content.storage_code,
        "shelf_life_days": "" if content.shelf_life_days is None else str(content.shelf_life_days),
        "harvest_months": [str(one) for one in content.harvest_months],
        "sale_months": [str(one) for one in content.sale_months],
        "allergens": list(content.allergens),
        "description": content.description,
        "description_en": content.description_en,
        "keywords": " ".join(content.keywords),
    }
    return Form(typed=said)


def pack_rows(form: Form[Any], proposal: Proposal) -> list[dict[str, str]]:
    """Return the lines of packs as they were typed, else as they are described, and an empty one more."""
    names = ("pack_code", "pack", "pack_en", "pack_cut", "pack_unit", "pack_weight", "pack_price")
    sent = [form.typed.get(name, ()) for name in names]
    if any(sent):
        rows = [dict(zip(names, line, strict=True)) for line in zip(*sent, strict=False)]
    else:
        rows = [_pack_row(one) for one in proposal.content.packs]
    if len(rows) < PACKS_MAX:
        rows.append(dict.fromkeys(names, ""))
    return rows


def _pack_row(one: PackContent) -> dict[str, str]:
    return {
        "pack_code": one.code,
        "pack": one.pack,
        "pack_en": one.pack_en,
        "pack_cut": one.cut,
        "pack_unit": one.unit_code,
        "pack_weight": str(one.net_weight_g or ""),
        "pack_price": money.format_plain(one.price_fen) if one.price_fen else "",
    }


def _packs(form: GoodsForm) -> list[PackContent]:
    lines = zip(
        form.pack_code,
        form.pack,
        form.pack_en,
        form.pack_cut,
        form.pack_unit,
        form.pack_weight,
        form.pack_price,
        strict=False,
    )
    return [
        PackContent(
            code=code,
            pack=rules.clean_text(pack),
            pack_en=rules.clean_text(english),
            cut=rules.clean_text(cut),
            unit_code=unit,
            net_weight_g=_grams(weight),
            price_fen=_price(price),
        )
        for code, pack, english, cut, unit, weight, price in lines
        if pack or code
    ]


def _price(text: str) -> Fen:
    fen = parse_yuan(text) or Fen(0)
    return fen if 0 < fen <= MOST_FEN else Fen(0)


def _grams(text: str) -> int:
    grams = int(text) if text.isascii() and text.isdigit() else 0
    return grams if grams <= MOST_GRAMS else 0
