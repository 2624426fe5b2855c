"""What the road's forms send. Temperatures are typed in degrees, with comma or point, full-width or not."""

import re
import unicodedata
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from marketplace.custody.types import Decision, WaybillEventKind
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Refusal
from marketplace.kernel.time import SHANGHAI
from marketplace.web.forms import FormModel

MOST_AT_ONCE = 60
_DEGREES = re.compile(r"[+-]?\d{1,2}(?:\.\d{1,2})?")
_MILLI = 1000


class NotDegrees(Refusal, ValueError):
    code = "not_degrees"

    def __init__(self) -> None:
        super().__init__(msg("请填写摄氏度，例如 2.5 或 -18。"))


def _plain(text: object) -> object:
    return unicodedata.normalize("NFKC", text) if isinstance(text, str) else text


def _degrees(text: object) -> object:
    """Read degrees Celsius as milli-degrees; refuses (NotDegrees) anything else."""
    if not isinstance(text, str):
        return text
    plain = unicodedata.normalize("NFKC", text).strip().replace(",", ".").replace("−", "-")
    plain = plain.removesuffix("°C").removesuffix("℃").strip()
    if plain == "":
        return None
    if not _DEGREES.fullmatch(plain):
        raise NotDegrees
    return round(float(plain) * _MILLI)


Typed = Annotated[str, BeforeValidator(_plain)]
Degrees = Annotated[int | None, BeforeValidator(_degrees)]
Name = Annotated[str, Field(max_length=40)]
Token = Annotated[str, Field(min_length=8, max_length=64)]


class SignedForm(FormModel):
    """Two signatures on one phone; which side the person of the request is on, the page knows."""

    key: Annotated[str, Field(min_length=8, max_length=100)]
    giver_name: Name = ""
    giver_drawn: Annotated[str, Field(max_length=200_000)] = ""
    receiver_name: Name = ""
    receiver_drawn: Annotated[str, Field(max_length=200_000)] = ""
    plate: Annotated[Typed, Field(max_length=20)] = ""
    to: Annotated[str, Field(max_length=20)] = ""
    courier: Annotated[str, Field(max_length=40)] = ""


class HandOffForm(SignedForm):
    """One load: what was counted, measured and decided."""

    last: int | None = None
    packages: Annotated[int | None, Field(ge=1, le=10_000)] = None
    seal_intact: Literal["1", "0"] | None = None
    new_seal: Annotated[Typed, Field(max_length=40)] = ""
    temperature: Degrees = None
    temperature_2: Degrees = None
    temperature_3: Degrees = None
    core: Degrees = None
    logger_min: Degrees = None
    logger_max: Degrees = None
    minutes_outside: Annotated[int | None, Field(ge=0, le=100_000)] = None
    decision: Decision = Decision.ACCEPT
    reason: Annotated[str, Field(max_length=200)] = ""
    waybill_number: Annotated[Typed, Field(max_length=40)] = ""


class ManyForm(SignedForm):
    """Several loads of one holder at once; what is not in order is handed over one by one."""

    load: Annotated[tuple[Token, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]
    chilled: Degrees = None
    frozen: Degrees = None
    seal_intact: Literal["1", "0"] | None = None


class EventForm(FormModel):
    kind: WaybillEventKind
    number: Annotated[Typed, Field(min_length=1, max_length=40)]
    at: datetime | None = None

    @property
    def instant(self) -> datetime | None:
        """Return the moment as an instant; a browser's field names Shanghai's wall clock."""
        if self.at is None or self.at.tzinfo is not None:
            return self.at
        return self.at.replace(tzinfo=SHANGHAI)


class MergeForm(FormModel):
    load: Annotated[tuple[Token, ...], Field(min_length=2, max_length=MOST_AT_ONCE)]
    packages: Annotated[int, Field(ge=1, le=1000)] = 1
