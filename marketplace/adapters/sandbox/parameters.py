"""What the sandbox takes, as strictly as the API it stands for: an unknown parameter is an error."""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from marketplace.adapters.sandbox.wire import Fields, WireError

Text = Annotated[str, Field(min_length=1, max_length=5000)]
Metadata = dict[Annotated[str, Field(max_length=40)], Annotated[str, Field(max_length=500)]]
Minor = Annotated[int, Field(ge=1, le=99_999_999)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _ProductData(_Strict):
    name: Text
    description: Text | None = None


class _PriceData(_Strict):
    currency: Literal["cny", "hkd"]
    unit_amount: Minor
    product_data: _ProductData


class _LineItem(_Strict):
    quantity: Annotated[int, Field(ge=1, le=999_999)]
    price_data: _PriceData


class _WechatPay(_Strict):
    client: Literal["web"]


class _MethodOptions(_Strict):
    wechat_pay: _WechatPay | None = None


class _PaymentIntentData(_Strict):
    metadata: Metadata = {}
    description: Text | None = None


class SessionParameters(_Strict):
    """Parameters of a Checkout Session of version 2026-10-28.endive that this marketplace may use."""

    mode: Literal["payment"]
    ui_mode: Literal["hosted_page"] = "hosted_page"
    line_items: Annotated[list[_LineItem], Field(min_length=1, max_length=100)]
    allowed_payment_method_types: list[Literal["card", "alipay", "wechat_pay"]] = []
    payment_method_options: _MethodOptions = _MethodOptions()
    client_reference_id: Annotated[str, Field(max_length=200)] | None = None
    metadata: Metadata = {}
    payment_intent_data: _PaymentIntentData = _PaymentIntentData()
    success_url: Text
    cancel_url: Text | None = None
    customer_email: Text | None = None
    expires_at: Annotated[int, Field(ge=0, le=4_102_444_800)] | None = None  # to the year 2100
    locale: Literal["auto", "zh", "zh-HK", "zh-TW", "en"] | None = None

    @property
    def amount_total(self) -> int:
        return sum(item.quantity * item.price_data.unit_amount for item in self.line_items)


class RefundParameters(_Strict):
    payment_intent: Text
    amount: Minor | None = None
    reason: Literal["duplicate", "fraudulent", "requested_by_customer"] | None = None
    metadata: Metadata = {}


class NoParameters(_Strict):
    """Retrieve and expire take nothing."""


M = TypeVar("M", bound=_Strict)


def read(model: type[M], fields: Fields) -> M:
    """Check fields against a model. Raises ``WireError`` in the API's words."""
    if "payment_method_types" in fields:
        raise WireError(
            "payment_method_types is no longer supported; use allowed_payment_method_types.",
            code="payment_method_types_no_longer_supported",
            param="payment_method_types",
        )
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        head, *rest = (str(part) for part in first["loc"])
        param = head + "".join(f"[{part}]" for part in rest)
        code = {"extra_forbidden": "parameter_unknown", "missing": "parameter_missing"}.get(first["type"], "")
        raise WireError(f"{first['msg']}: {param}", code=code, param=param) from error
