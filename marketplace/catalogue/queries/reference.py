"""The reference rows, kept in memory."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import (
    AisleRow,
    CriterionRow,
    IndustryRow,
    PaperRow,
    PictureKindRow,
    ProductFormRow,
    SchemeRow,
    StorageClassRow,
    UnitRow,
)
from marketplace.catalogue.queries.rows import temperature_range
from marketplace.catalogue.types import (
    Aisle,
    Criterion,
    CriterionCheck,
    Industry,
    Paper,
    PictureKind,
    ProductForm,
    Reference,
    Requirement,
    Scheme,
    SchemeLevel,
    SchemeStatus,
    StorageClass,
    StorageKind,
    Unit,
)
from marketplace.kernel.kept import Kept
from marketplace.kernel.message import Name


def reference(session: Session) -> Reference:
    """Return aisles, industries, schemes, storage classes and the rest, at most half a minute old."""
    return kept.get(session)


def papers_for(session: Session, product_form: str) -> tuple[Paper, ...]:
    """Return the papers that goods of a form need, in the order of the law's list."""
    return reference(session).papers.get(product_form, ())


def forms_needing(session: Session, scheme_codes: Collection[str]) -> frozenset[str]:
    """Return the forms of goods that need a certificate under one of the schemes to be sold."""
    return frozenset(
        form
        for form, papers in reference(session).papers.items()
        if any(paper.scheme_code in scheme_codes for paper in papers)
    )


def _read(session: Session) -> Reference:
    def ordered(table: Any) -> list[Any]:
        return list(session.scalars(select(table).order_by(table.order_no, table.code)))

    papers: dict[str, list[Paper]] = defaultdict(list)
    for row in ordered(PaperRow):
        papers[row.product_form].append(_paper(row))
    return Reference(
        aisles={row.code: Aisle(**_listed(row)) for row in ordered(AisleRow)},
        industries={row.code: Industry(**_listed(row)) for row in ordered(IndustryRow)},
        schemes={row.code: _scheme(row) for row in ordered(SchemeRow)},
        storage_classes={row.code: _storage_class(row) for row in ordered(StorageClassRow)},
        product_forms={row.code: ProductForm(**_listed(row)) for row in ordered(ProductFormRow)},
        units={row.code: Unit(**_listed(row)) for row in ordered(UnitRow)},
        picture_kinds={row.code: PictureKind(**_listed(row)) for row in ordered(PictureKindRow)},
        criteria=tuple(_criterion(row) for row in ordered(CriterionRow)),
        papers={form: tuple(found) for form, found in papers.items()},
    )


kept = Kept(
    "catalogue.reference",
    _read,
    (
        AisleRow,
        CriterionRow,
        IndustryRow,
        PaperRow,
        PictureKindRow,
        ProductFormRow,
        SchemeRow,
        StorageClassRow,
        UnitRow,
    ),
)


def _listed(row: Any) -> dict[str, Any]:
    return {"code": row.code, "order_no": row.order_no, "name": _name(row)}


def _name(row: Any, column: str = "name") -> Name:
    return Name(*(getattr(row, f"{column}_{language}") for language in ("zh", "zh_hant", "en")))


def _scheme(row: SchemeRow) -> Scheme:
    return Scheme(
        **_listed(row),
        short_name=_name(row, "short_name"),
        issuer=_name(row, "issuer"),
        level=SchemeLevel(row.level),
        status=SchemeStatus(row.status),
        validity_months=row.validity_months,
        renewal_days_before=row.renewal_days_before,
        renewal_in_business_days=row.renewal_in_business_days,
        number_pattern=row.number_pattern,
        demo_prefix=row.demo_prefix,
        shows_badge=row.shows_badge,
    )


def _criterion(row: CriterionRow) -> Criterion:
    return Criterion(
        code=row.code,
        order_no=row.order_no,
        check=CriterionCheck(row.check_kind),
        scheme_codes=tuple(row.scheme_codes),
        text=Name(row.text_zh, "", row.text_en),
        source=Name(row.source_zh, "", row.source_en),
    )


def _storage_class(row: StorageClassRow) -> StorageClass:
    return StorageClass(
        **_listed(row),
        kind=StorageKind(row.kind),
        advice=_name(row, "advice"),
        range=temperature_range(row.min_milli_c, row.max_milli_c),
        excursion_lower_milli_c=row.excursion_lower_milli_c,
        excursion_upper_milli_c=row.excursion_upper_milli_c,
        reject_above_milli_c=row.reject_above_milli_c,
        max_excursion_minutes=row.max_excursion_minutes,
        logger_interval_minutes=row.logger_interval_minutes,
        shelf_life_days=row.shelf_life_days,
    )


def _paper(row: PaperRow) -> Paper:
    return Paper(
        product_form=row.product_form,
        code=row.code,
        scheme_code=row.scheme_code,
        level=SchemeLevel(row.level),
        name=_name(row),
        requirement=Requirement(row.requirement),
        condition_zh=row.condition_zh,
        condition_en=row.condition_en,
        legal_basis=row.legal_basis,
    )
