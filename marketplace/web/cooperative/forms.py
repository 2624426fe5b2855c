"""What a cooperative's forms send."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from marketplace.catalogue.types import CommitmentBasis, ReportResult
from marketplace.kernel.money import Fen, parse_yuan
from marketplace.orders.types import FulfilmentId
from marketplace.web.forms import FormModel

_MOST_AT_ONCE = 100
Identifier = Annotated[int, Field(ge=1, le=2**63 - 1)]
PACKS_MAX = 100_000


class ChosenParts(FormModel):
    """Ticked parts, or with ``all`` every part that the page showed."""

    part: Annotated[tuple[Identifier, ...], Field(max_length=_MOST_AT_ONCE)] = ()
    shown: Annotated[tuple[Identifier, ...], Field(max_length=_MOST_AT_ONCE)] = ()
    all: bool = False

    @property
    def ids(self) -> list[FulfilmentId]:
        return [FulfilmentId(one) for one in dict.fromkeys(self.shown if self.all else self.part)]

    @property
    def to_print(self) -> list[FulfilmentId]:
        """Nothing ticked prints all that was shown: paper does no harm."""
        return [FulfilmentId(one) for one in dict.fromkeys(self.part or self.shown)]


class DeclineForm(FormModel):
    reason: Annotated[str, Field(min_length=2, max_length=200)]


class PriceForm(FormModel):
    price: Annotated[str, Field(min_length=1, max_length=20)]

    @property
    def fen(self) -> Fen | None:
        return parse_yuan(self.price)


class TermsForm(FormModel):
    minimum: int
    lead_days: int
    daily_capacity: Annotated[int, Field(le=PACKS_MAX)]
    cut_off_hour: int
    serves_hong_kong_macao: bool = False


class HarvestForm(FormModel):
    code: Annotated[str, Field(min_length=1, max_length=40)]
    harvested_on: date
    expires_on: date | None = None
    packs: Annotated[int, Field(ge=1, le=PACKS_MAX)]
    promise: bool = False
    key: Annotated[str, Field(min_length=8, max_length=100)]


class MorePacksForm(FormModel):
    packs: Annotated[int, Field(ge=1, le=PACKS_MAX)]
    key: Annotated[str, Field(min_length=8, max_length=100)]


class CountForm(FormModel):
    counted: Annotated[int, Field(ge=0, le=PACKS_MAX)]


class CertificateForm(FormModel):
    scheme_code: Annotated[str, Field(min_length=1, max_length=40)]
    number: Annotated[str, Field(min_length=1, max_length=80)]
    valid_from: date
    issuer: Annotated[str, Field(max_length=120)] = ""
    valid_to: date | None = None
    product: Annotated[tuple[Identifier, ...], Field(max_length=500)] = ()
    product_numbers: Annotated[str, Field(max_length=2000)] = ""
    base_name: Annotated[str, Field(max_length=80)] = ""
    base_county: Annotated[str, Field(max_length=20)] = ""


class SheetForm(FormModel):
    subject: Literal["goods", "offers", "stock", "lots"]
    key: Annotated[str, Field(min_length=8, max_length=100)]


class ConfirmSheetForm(FormModel):
    digest: Annotated[str, Field(min_length=64, max_length=64)]


class LotReasonForm(FormModel):
    reason: Annotated[str, Field(min_length=2, max_length=200)]


class CommitmentForm(FormModel):
    basis: CommitmentBasis
    contact: Annotated[str, Field(min_length=5, max_length=40)]


class ReportForm(FormModel):
    paper_code: Annotated[str, Field(min_length=1, max_length=40)]
    number: Annotated[str, Field(min_length=1, max_length=80)]
    issuer: Annotated[str, Field(min_length=2, max_length=120)]
    issued_on: date
    result: ReportResult
    findings: Annotated[str, Field(max_length=400)] = ""
