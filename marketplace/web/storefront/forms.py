"""What the shop's forms send."""

import unicodedata
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from marketplace.basket.rules import MAX_QUANTITY
from marketplace.parties import rules as parties
from marketplace.parties.types import Language
from marketplace.payment.types import Processor
from marketplace.web.forms import FormModel


def _plain(text: object) -> object:
    """Read full-width digits and letters, as Chinese keyboards write them, like others."""
    return unicodedata.normalize("NFKC", text) if isinstance(text, str) else text


Typed = Annotated[str, BeforeValidator(_plain)]
Quantity = Annotated[int, BeforeValidator(_plain), Field(ge=1, le=MAX_QUANTITY)]


class CityForm(FormModel):
    city: Annotated[str, Field(max_length=20)]


class LanguageForm(FormModel):
    lang: Language


class PutForm(FormModel):
    """What goes into the basket: packs of a variant, of one offer or of whomever routing chooses."""

    variant: int
    offer: int | None = None
    quantity: Quantity = 1


class LineForm(FormModel):
    line: int
    quantity: Annotated[int, BeforeValidator(_plain), Field(ge=0, le=MAX_QUANTITY)]


class RemoveForm(FormModel):
    line: int


class PhoneForm(FormModel):
    region: Literal["CN", "HK", "MO"] = "CN"
    phone: Annotated[Typed, Field(min_length=1, max_length=30)]

    @property
    def number(self) -> str | None:
        """Return the number in E.164, None where it is no mobile number."""
        return parties.parse_phone(self.phone, self.region)


class CodeForm(FormModel):
    code: Annotated[Typed, Field(pattern=r"^[0-9]{6}$")]


class CheckoutForm(FormModel):
    """Where the goods go and how they are paid; ``fingerprint`` says which plan the buyer saw."""

    recipient: Annotated[str, Field(min_length=1, max_length=40)]
    region: Literal["CN", "HK", "MO"] = "CN"
    phone: Annotated[Typed, Field(min_length=1, max_length=30)]
    division: Annotated[str, Field(min_length=1, max_length=20)]
    line: Annotated[str, Field(min_length=4, max_length=120)]
    processor: Processor
    unit: int | None = None
    fingerprint: Annotated[str, Field(max_length=64)] = ""
    key: Annotated[str, Field(min_length=8, max_length=64)]

    @property
    def number(self) -> str | None:
        """Return the recipient's number in E.164, None where it is no mobile number."""
        return parties.parse_phone(self.phone, self.region)


class PayForm(FormModel):
    processor: Processor


class RefundForm(FormModel):
    line: int
    quantity: Quantity
    reason: Annotated[str, Field(min_length=2, max_length=200)]
    key: Annotated[str, Field(min_length=8, max_length=64)]


class ReceiptForm(FormModel):
    """Which parts have arrived; none named means all that are on their way."""

    part: tuple[int, ...] = ()


class ReviewForm(FormModel):
    line: int
    rating: Annotated[int, Field(ge=1, le=5)]
    text: Annotated[str, Field(max_length=500)] = ""
