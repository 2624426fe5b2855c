"""Looking for something by its name, in whichever language it is typed."""

from sqlalchemy import ColumnElement, or_

from marketplace.catalogue.models import BrandRow, ProductRow


def bears(row: type[BrandRow] | type[ProductRow], typed: str) -> ColumnElement[bool]:
    """Tell whether a thing's name in one of its languages has the words in it."""
    return or_(
        *(one.icontains(typed, autoescape=True) for one in (row.name_zh, row.name_zh_hant, row.name_en))
    )
