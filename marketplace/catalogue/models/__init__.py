"""Tables of the catalogue; private to the room."""

from marketplace.catalogue.models.certificates import (
    CertificateProductRow,
    CertificateRow,
    CertificateSuspensionRow,
)
from marketplace.catalogue.models.goods import LotPaperRow, LotRow, OfferRow, ProductRow, VariantRow
from marketplace.catalogue.models.reference import (
    AisleRow,
    IndustryRow,
    PaperRow,
    PictureKindRow,
    ProductFormRow,
    SchemeRow,
    StorageClassRow,
    UnitRow,
)

__all__ = [
    "AisleRow",
    "CertificateProductRow",
    "CertificateRow",
    "CertificateSuspensionRow",
    "IndustryRow",
    "LotPaperRow",
    "LotRow",
    "OfferRow",
    "PaperRow",
    "PictureKindRow",
    "ProductFormRow",
    "ProductRow",
    "SchemeRow",
    "StorageClassRow",
    "UnitRow",
    "VariantRow",
]
