"""Tables of the catalogue; private to the room."""

from marketplace.catalogue.models.brands import (
    BrandProductRow,
    BrandRow,
    BrandUseRow,
)
from marketplace.catalogue.models.certificates import (
    CertificateProductRow,
    CertificateRow,
    CertificateSuspensionRow,
)
from marketplace.catalogue.models.editions import (
    CriterionRow,
    EditionRow,
    EntryRow,
    LeftRow,
    NominationRow,
    PublicationRow,
    ReviewerRow,
    ReviewRow,
)
from marketplace.catalogue.models.goods import LotPaperRow, LotRow, OfferRow, ProductRow, VariantRow
from marketplace.catalogue.models.lots import CommitmentRow, LotHoldRow, LotReportRow
from marketplace.catalogue.models.producers import (
    ProducerClaimRow,
)
from marketplace.catalogue.models.proposals import PictureRow, ProposalRow, StoryRow
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
    "BrandProductRow",
    "BrandRow",
    "BrandUseRow",
    "CertificateProductRow",
    "CertificateRow",
    "CertificateSuspensionRow",
    "CommitmentRow",
    "CriterionRow",
    "EditionRow",
    "EntryRow",
    "IndustryRow",
    "LeftRow",
    "LotHoldRow",
    "LotPaperRow",
    "LotReportRow",
    "LotRow",
    "NominationRow",
    "OfferRow",
    "PaperRow",
    "PictureKindRow",
    "PictureRow",
    "ProducerClaimRow",
    "ProductFormRow",
    "ProductRow",
    "ProposalRow",
    "PublicationRow",
    "ReviewRow",
    "ReviewerRow",
    "SchemeRow",
    "StorageClassRow",
    "StoryRow",
    "UnitRow",
    "VariantRow",
]
