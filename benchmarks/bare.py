"""The measure of all pages: a bare Flask page with one SQL query and the shop's own card template.

No session, no language, no price worked out, no facet, no header: the least that 24 cards cost in Flask.
"""

import os
import random
from dataclasses import dataclass
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from sqlalchemy import Row, create_engine, text

from marketplace.kernel import money, paths
from marketplace.kernel.message import Name
from marketplace.kernel.settings import psycopg_url

CARDS = 24
_NUMBERS = ("X", 300, 9_000)  # the multiplied products' own
_QUERY = text(
    """
    SELECT product.slug, product.name_zh, product.name_zh_hant, product.name_en, product.picture_kind,
        county.short_name_zh, county.short_name_zh_hant, county.short_name_en,
        offer.price_fen, variant.net_weight_g
    FROM catalogue_product product
    JOIN places_division county ON county.code = product.county_code
    JOIN LATERAL (
        SELECT variant_id, price_fen FROM catalogue_offer
        WHERE product_id = product.id AND status = 'listed' ORDER BY price_fen LIMIT 1
    ) offer ON true
    JOIN catalogue_variant variant ON variant.id = offer.variant_id
    WHERE product.status = 'listed' AND product.number >= :first
    ORDER BY product.number LIMIT :limit
    """
)
_PAGE = """
{%- extends "layouts/bare.html" -%}
{%- from "components/card.html" import product_card, card_grid -%}
{%- block body -%}
  {%- call card_grid() -%}
    {%- for one in cards %}{{ product_card(one, "/products/" ~ one.slug, loop.index <= 4) }}{% endfor -%}
  {%- endcall -%}
{%- endblock -%}
"""


@dataclass(frozen=True, slots=True)
class Card:
    slug: str
    name: Name
    county_name: Name
    pair_label: str | None
    picture_url: str
    is_illustration: bool
    badges: tuple[Name, ...]
    edition_mark: str | None
    price_fen: int
    price_with_freight_fen: int
    unit_price_fen_per_500g: int
    arrives_label: str
    sold_out: bool
    in_season: bool


def create_app() -> Flask:
    app = Flask("bare", template_folder=str(paths.TEMPLATES))
    engine = create_engine(psycopg_url(os.environ["DATABASE_URL"]), pool_size=8)
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(name=_name, yuan=money.format_yuan)
    environment.globals.update(_=_words, static_url=_static, lang="zh-Hans")
    page = environment.from_string(_PAGE)

    @app.get("/cards")
    def cards() -> str:
        letter, low, high = _NUMBERS
        asked = {"limit": CARDS, "first": f"{letter}{random.randrange(low, high):06}"}
        with engine.connect() as connection:
            rows = connection.execute(_QUERY, asked).all()
        return page.render(cards=[_card(row) for row in rows])

    return app


def _card(row: Row[Any]) -> Card:
    return Card(
        slug=row.slug,
        name=Name(row.name_zh, row.name_zh_hant, row.name_en),
        county_name=Name(row.short_name_zh, row.short_name_zh_hant, row.short_name_en),
        pair_label="佛山结对",
        picture_url=_static(f"img/kinds/{row.picture_kind}.svg"),
        is_illustration=True,
        badges=(Name("圳品", "圳品", "Zhenpin"),),
        edition_mark="2025年版（演示） · 第36号",
        price_fen=row.price_fen,
        price_with_freight_fen=row.price_fen + 1200,
        unit_price_fen_per_500g=row.price_fen * 500 // row.net_weight_g,
        arrives_label="11月27日到",
        sold_out=False,
        in_season=True,
    )


def _name(name: Name) -> str:
    return name.hans


def _words(words: str, **parameters: object) -> str:
    return words % parameters if parameters else words


def _static(path: str) -> str:
    return f"/static/0123456789ab/{path}"
