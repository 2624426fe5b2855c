"""flask catalogue load: wholly or not at all, and nothing the second time."""

import csv
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalogue import queries, service
from marketplace.catalogue.models import ProductRow, VariantRow
from marketplace.catalogue.types import OfferStatus, ProductStatus
from marketplace.flow.load_catalogue import LoadedPart, load_catalogue
from marketplace.freight import queries as freight
from marketplace.kernel.changes import ChangeRow
from marketplace.kernel.journal import JournalRow
from marketplace.kernel.paths import CATALOG_DATA
from marketplace.kernel.refusals import ManyRefusals
from marketplace.places import queries as places
from tests.factories.catalogue import KIWI, make_offer, product_draft
from tests.unit.catalogue.test_reading import data, edit, put

__all__ = ["data"]

pytestmark = pytest.mark.usefixtures("clock")


def count(session: Session, table: type[ProductRow | VariantRow | ChangeRow | JournalRow]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_second_load_changes_nothing(session: Session) -> None:
    heard: list[tuple[str, int, int]] = []

    def hear(part: LoadedPart, number: int, parts: int) -> None:
        heard.append((str(part.name), number, parts))

    first = load_catalogue(session, CATALOG_DATA, hear)
    assert heard[0] == ("行政区划", 1, 17)
    assert heard[-1][1:] == (17, 17)
    assert all(part.rows > 0 for part in first.parts)
    changed = {str(part.name): part.changed for part in first.parts}
    assert (changed["商品"], changed["规格"], changed["行政区划"]) == (213, 426, 259)
    written = count(session, ChangeRow), count(session, JournalRow)
    second = load_catalogue(session, CATALOG_DATA)
    assert second.changed == 0
    assert (count(session, ChangeRow), count(session, JournalRow)) == written
    assert len(places.atlas(session).counties) == 88
    assert len(freight.list_warehouses(session)) == 2


def test_what_is_loaded_is_what_the_files_say(session: Session) -> None:
    load_catalogue(session, CATALOG_DATA)
    with (CATALOG_DATA / "products.csv").open(encoding="utf-8", newline="") as file:
        wanted = {row["slug"]: row for row in csv.DictReader(file)}
    kiwi, row = queries.get_product_by_slug(session, KIWI), wanted[KIWI]
    assert tuple(kiwi.name) == (row["name_zh"], row["name_zh_hant"], row["name_en"])
    assert kiwi.range is not None
    assert str(kiwi.range.min_milli_c) == row["temperature_min_milli_c"]
    assert ";".join(map(str, kiwi.harvest_months)) == row["harvest_months"]
    assert kiwi.keywords == tuple(row["keywords_zh"].split(";"))
    unsold = {slug for slug, row in wanted.items() if row["consumer_sellable"] == "0"}
    statuses = {one.slug: one.status for one in queries.products_by_slug(session, wanted.keys()).values()}
    assert {slug for slug, status in statuses.items() if status is ProductStatus.DRAFT} == unsold
    assert len(unsold) == 9


def test_broken_catalogue_changes_nothing(session: Session, data: Path) -> None:
    load_catalogue(session, CATALOG_DATA)
    before = queries.get_product_by_slug(session, KIWI)
    edit(
        data,
        "products.csv",
        lambda cells: [row.__setitem__(4, "Another name") for row in cells if row[0] == KIWI],
    )
    put(data, "variants.csv", 2, "price_low_fen", "-5")
    put(data, "pairings.csv", 3, "gz_code", "520599")
    with pytest.raises(ManyRefusals) as refused:
        load_catalogue(session, data)
    assert [(one.file, one.row, one.field) for one in refused.value.refusals] == [
        ("pairings.csv", 3, "gz_code"),
        ("pairings.csv", 3, "pairing_code"),
        ("variants.csv", 2, "price_low_fen"),
    ]
    session.expire_all()
    assert queries.get_product_by_slug(session, KIWI) == before


def test_changed_row_alone_is_changed(session: Session, data: Path) -> None:
    load_catalogue(session, CATALOG_DATA)
    kiwi = queries.get_product_by_slug(session, KIWI)
    before = count(session, ChangeRow)
    edit(
        data,
        "products.csv",
        lambda cells: [row.__setitem__(4, "Another name") for row in cells if row[0] == KIWI],
    )
    report = load_catalogue(session, data)
    assert {str(part.name): part.changed for part in report.parts if part.changed} == {"商品": 1}
    assert queries.get_product_by_slug(session, KIWI).name.en == "Another name"
    assert count(session, ChangeRow) == before + 1
    latest = session.scalars(select(ChangeRow).order_by(ChangeRow.id.desc()).limit(1)).one()
    assert (latest.topic, latest.subject_id) == ("product", kiwi.id)


def test_goods_that_lose_their_right_leave_the_shelf_and_come_back(session: Session, data: Path) -> None:
    load_catalogue(session, CATALOG_DATA)
    kiwi = queries.get_product_by_slug(session, KIWI)
    offer = make_offer(session, queries.variants_of(session, [kiwi.id])[kiwi.id][0])

    def sellable(value: str) -> None:
        def change(cells: list[list[str]]) -> None:
            column = cells[0].index("consumer_sellable")
            next(row for row in cells if row[0] == KIWI)[column] = value

        edit(data, "products.csv", change)
        load_catalogue(session, data)

    sellable("0")
    assert queries.get_product(session, kiwi.id).status is ProductStatus.WITHDRAWN
    assert queries.get_offer(session, offer.id).status is OfferStatus.WITHDRAWN
    sellable("1")
    assert queries.get_product(session, kiwi.id).status is ProductStatus.WITHDRAWN
    assert service.list_product(session, kiwi.id).status is ProductStatus.LISTED


def test_withdrawn_product_stays_withdrawn_and_strangers_stay(session: Session) -> None:
    load_catalogue(session, CATALOG_DATA)
    kiwi = queries.get_product_by_slug(session, KIWI)
    service.withdraw_product(session, kiwi.id, "停售")
    own = service.create_product(session, product_draft())
    assert load_catalogue(session, CATALOG_DATA).changed == 0
    assert queries.get_product(session, kiwi.id).status is ProductStatus.WITHDRAWN
    assert queries.get_product(session, own.id) == own


def test_address_is_never_renamed(session: Session, data: Path) -> None:
    load_catalogue(session, CATALOG_DATA)

    def rename(cells: list[list[str]]) -> None:
        for row in cells:
            row[:] = [cell.replace(KIWI, "renamed-kiwi") for cell in row]

    edit(data, "products.csv", rename)
    edit(data, "variants.csv", rename)
    with pytest.raises(ManyRefusals) as refused:
        load_catalogue(session, data)
    (only,) = refused.value.refusals
    assert (only.file, only.field, only.row) == ("products.csv", "slug", 30)
