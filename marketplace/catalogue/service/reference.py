"""Loading the reference rows; each function returns how many rows it had to change.

A row that the files no longer name stays: orders and certificates may still point to it.
"""

from collections.abc import Sequence
from typing import Any

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
from marketplace.catalogue.queries.reference import kept
from marketplace.catalogue.types import (
    Aisle,
    Criterion,
    Industry,
    Paper,
    PictureKind,
    ProductForm,
    Scheme,
    StorageClass,
    Unit,
)
from marketplace.kernel.database import Base
from marketplace.kernel.message import Name
from marketplace.kernel.upsert import upsert


def load_aisles(session: Session, aisles: Sequence[Aisle]) -> int:
    return _load(session, AisleRow, [_listed(one) for one in aisles])


def load_industries(session: Session, industries: Sequence[Industry]) -> int:
    return _load(session, IndustryRow, [_listed(one) for one in industries])


def load_units(session: Session, units: Sequence[Unit]) -> int:
    return _load(session, UnitRow, [_listed(one) for one in units])


def load_product_forms(session: Session, forms: Sequence[ProductForm]) -> int:
    return _load(session, ProductFormRow, [_listed(one) for one in forms])


def load_picture_kinds(session: Session, kinds: Sequence[PictureKind]) -> int:
    return _load(session, PictureKindRow, [_listed(one) for one in kinds])


def load_schemes(session: Session, schemes: Sequence[Scheme]) -> int:
    values = [
        {
            **_listed(one),
            **names("short_name", one.short_name),
            **names("issuer", one.issuer),
            "level": one.level,
            "status": one.status,
            "validity_months": one.validity_months,
            "renewal_days_before": one.renewal_days_before,
            "renewal_in_business_days": one.renewal_in_business_days,
            "number_pattern": one.number_pattern,
            "demo_prefix": one.demo_prefix,
            "shows_badge": one.shows_badge,
        }
        for one in schemes
    ]
    return _load(session, SchemeRow, values)


def load_storage_classes(session: Session, classes: Sequence[StorageClass]) -> int:
    values = [
        {
            **_listed(one),
            **names("advice", one.advice),
            "kind": one.kind,
            "min_milli_c": one.range.min_milli_c if one.range else None,
            "max_milli_c": one.range.max_milli_c if one.range else None,
            "excursion_lower_milli_c": one.excursion_lower_milli_c,
            "excursion_upper_milli_c": one.excursion_upper_milli_c,
            "reject_above_milli_c": one.reject_above_milli_c,
            "max_excursion_minutes": one.max_excursion_minutes,
            "logger_interval_minutes": one.logger_interval_minutes,
            "shelf_life_days": one.shelf_life_days,
        }
        for one in classes
    ]
    return _load(session, StorageClassRow, values)


def load_papers(session: Session, papers: Sequence[Paper]) -> int:
    values = [
        {
            "product_form": one.product_form,
            "code": one.code,
            "order_no": order_no,
            "scheme_code": one.scheme_code,
            "level": one.level,
            **names("name", one.name),
            "requirement": one.requirement,
            "condition_zh": one.condition_zh,
            "condition_en": one.condition_en,
            "legal_basis": one.legal_basis,
        }
        for order_no, one in enumerate(papers, start=1)
    ]
    return _load(session, PaperRow, values, ("product_form", "code"))


def load_criteria(session: Session, criteria: Sequence[Criterion]) -> int:
    """Bring the criteria to what the file says; editions that are open keep those they were opened with."""
    values = [
        {
            "code": one.code,
            "order_no": one.order_no,
            "check_kind": one.check,
            "scheme_codes": list(one.scheme_codes),
            "text_zh": one.text.hans,
            "text_en": one.text.en,
            "source_zh": one.source.hans,
            "source_en": one.source.en,
        }
        for one in criteria
    ]
    return _load(session, CriterionRow, values)


def names(column: str, name: Name) -> dict[str, str]:
    """Spread a name over its three columns."""
    return {f"{column}_zh": name.hans, f"{column}_zh_hant": name.hant, f"{column}_en": name.en}


def _listed(
    one: Aisle | Industry | Unit | ProductForm | PictureKind | Scheme | StorageClass,
) -> dict[str, Any]:
    return {"code": one.code, "order_no": one.order_no, **names("name", one.name)}


def _load(
    session: Session, table: type[Base], values: list[dict[str, Any]], key: tuple[str, ...] = ("code",)
) -> int:
    changed = upsert(session, table, key, values)
    if changed:
        kept.forget(session)
    return len(changed)
