"""What the API can be asked, beside a search."""

import re
from datetime import date
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from werkzeug.datastructures import MultiDict

from marketplace.web.api.schemas import By
from marketplace.web.searching import BadSearch

M = TypeVar("M", bound=BaseModel)

_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_YEAR = re.compile(r"20\d\d")


class CertificateParameters(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    number: str = Field(min_length=1, max_length=100, description="The whole certificate number")


class TotalsParameters(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    period: str = Field(description="A month (2026-10) or a year (2026), Shanghai time")
    by: By = Field(By.PAIRING, description="What the rows are grouped by")
    rule: str | None = Field(
        None, max_length=60, description="Code of a counting rule; the usual one if absent"
    )

    @field_validator("period")
    @classmethod
    def _is_period(cls, text: str) -> str:
        if not (_MONTH.fullmatch(text) or _YEAR.fullmatch(text)):
            raise ValueError("neither a month nor a year")
        return text

    def months(self) -> tuple[date, date]:
        """Return the first and the last month of the period."""
        if len(self.period) == 4:  # noqa: PLR2004 - the digits of a year
            return date(int(self.period), 1, 1), date(int(self.period), 12, 1)
        month = date.fromisoformat(f"{self.period}-01")
        return month, month


def read_query(model: type[M], sent: MultiDict[str, str]) -> M:
    """Read the parameters of an address; refuses (BadSearch) what cannot be understood."""
    try:
        return model.model_validate({name: value for name, value in sent.items() if value != ""})
    except ValidationError as error:
        raise BadSearch(str(error.errors()[0]["loc"][0])) from None
