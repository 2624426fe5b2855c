"""What the operator's forms send."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from marketplace.kernel.money import Fen, parse_yuan
from marketplace.web.forms import FormModel

Reason = Annotated[str, Field(min_length=2, max_length=200)]


class ReasonForm(FormModel):
    reason: Reason


class VerifyForm(FormModel):
    """What a certificate was laid beside; ``note`` says where, so that somebody else can look again."""

    against: Literal["register", "issuer", "original"]
    note: Annotated[str, Field(max_length=200)] = ""


class TransferForm(FormModel):
    code: Annotated[str, Field(min_length=10, max_length=20)]
    amount: Annotated[str, Field(min_length=1, max_length=20)]
    payer_name: Annotated[str, Field(min_length=1, max_length=120)]
    bank_reference: Annotated[str, Field(min_length=1, max_length=80)]
    received_on: date

    @property
    def fen(self) -> Fen | None:
        return parse_yuan(self.amount)


class PaidBackForm(FormModel):
    bank_reference: Annotated[str, Field(min_length=1, max_length=80)]


class RefundForm(FormModel):
    reason: Reason
    key: Annotated[str, Field(min_length=8, max_length=100)]


class LotDecisionForm(FormModel):
    decision: Literal["release", "destroy"]
    reason: Reason


class ApprovalForm(FormModel):
    """A yes to what was seen, with the English that the cooperative left out."""

    seen: Annotated[str, Field(min_length=32, max_length=32)]
    name_en: Annotated[str, Field(min_length=2, max_length=120)]
    description_en: Annotated[str, Field(max_length=2000)] = ""
    pack_en: Annotated[tuple[Annotated[str, Field(max_length=120)], ...], Field(max_length=24)] = ()
    may_cross_border: bool = False
    note: Annotated[str, Field(max_length=400)] = ""


class ReturnForm(FormModel):
    seen: Annotated[str, Field(min_length=32, max_length=32)]
    note: Annotated[str, Field(min_length=4, max_length=400)]
