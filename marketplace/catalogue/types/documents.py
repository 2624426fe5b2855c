"""What an index is built from."""

from dataclasses import dataclass

from marketplace.catalogue.types.certificates import Period
from marketplace.catalogue.types.goods import Product
from marketplace.catalogue.types.reference import Aisle, Industry
from marketplace.kernel.message import Name
from marketplace.parties.types import PartyId
from marketplace.places.types import Division


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedPeriod:
    """When a certificate of a scheme stands behind a product; dates decide, so no index follows expiry."""

    scheme_code: str
    number: str
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductSource:
    """Everything a search document says about a product, read in batches from catalogue, places and parties.

    ``certificate_numbers`` are those of every certificate that was ever verified; ``min_price_fen`` is the
    cheapest listed offer's price a pack, None where nobody offers the product now.
    """

    product: Product
    county: Division
    prefecture: Division
    aisle: Aisle
    industry: Industry | None
    packs: tuple[Name, ...]
    cooperatives: tuple[tuple[PartyId, Name], ...]
    certified: tuple[CertifiedPeriod, ...]
    certificate_numbers: tuple[str, ...]
    season_months: tuple[int, ...]
    min_price_fen: int | None
