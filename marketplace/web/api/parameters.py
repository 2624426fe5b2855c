"""What the API can be asked, beside a search."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.datastructures import MultiDict

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Refusal
from marketplace.web.api.schemas import By
from marketplace.web.searching import BadSearch, Printable

M = TypeVar("M", bound=BaseModel)


class CertificateParameters(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    number: Printable = Field(min_length=1, max_length=100, description="The whole certificate number")


class TotalsParameters(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    period: Printable = Field(
        max_length=20, description="2026, 2026-H1, 2026-Q4, 2026-10 or 2026-01..2026-10, Shanghai time"
    )
    by: By = Field(By.PAIRING, description="What the rows are grouped by")
    rule: Printable | None = Field(
        None, max_length=60, description="Code of a counting rule; the usual one if absent"
    )


class MissingParameter(Refusal):
    """A parameter without which there is no answer."""

    code = "missing_parameter"

    def __init__(self, parameter: str) -> None:
        super().__init__(msg("缺少参数“%(parameter)s”。", parameter=parameter), field=parameter)


def read_query(model: type[M], sent: MultiDict[str, str]) -> M:
    """Read the parameters of an address; refuses (MissingParameter, BadSearch) what cannot be understood."""
    try:
        return model.model_validate({name: value for name, value in sent.items() if value != ""})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise (MissingParameter(name) if first["type"] == "missing" else BadSearch(name)) from None
