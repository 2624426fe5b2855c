"""A search as it stands in an address: the search page and the API read it with the same eyes."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from werkzeug.datastructures import MultiDict

from marketplace.kernel import time
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Refusal
from marketplace.search.types import DEFAULT_PER_PAGE, Facet, SearchRequest, Sort

MAX_PAGE = 10_000
_MAX_VALUES = 40
# No code and no number has control characters in it, and the database takes no NUL.
Printable = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$")]
Codes = Annotated[tuple[Annotated[Printable, Field(max_length=60)], ...], Field(max_length=_MAX_VALUES)]
Yuan = Annotated[float, Field(ge=0, le=10_000_000, allow_inf_nan=False)]


def printable(typed: str) -> str:
    """Return what was typed as one line of characters that print: others become gaps, gaps become single."""
    return " ".join("".join(one if one.isprintable() else " " for one in typed).split())


class SearchParameters(BaseModel):
    """The parameters of a search; several values of one facet are alternatives, prices are in yuan."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    q: str = Field("", description="What was typed: characters, pinyin, English or a certificate number")
    certification: Codes = Field((), description="Certification schemes with a certificate valid now")
    aisle: Codes = Field((), description="Aisle codes")
    industry: Codes = Field((), description="Codes of the twelve industries")
    prefecture: Codes = Field((), description="Division codes of prefectures")
    county: Codes = Field((), description="Division codes of counties")
    storage: Codes = Field((), description="ambient, chilled or frozen")
    cooperative: Codes = Field((), description="Codes of cooperatives")
    price: Codes = Field((), description="Price bands, counted from 0")
    key_county: bool = Field(default=False, description="Only from the twenty key counties")
    in_season: bool = Field(default=False, description="Only what is in season this month")
    in_stock: bool = Field(default=False, description="Only what can be ordered now")
    price_min: Yuan | None = Field(None, description="Lowest price of a pack in yuan")
    price_max: Yuan | None = Field(None, description="Highest price of a pack in yuan")
    sort: Sort = Field(Sort.RELEVANCE, description="Order of the results")
    page: int = Field(1, ge=1, le=MAX_PAGE)

    @field_validator("q")
    @classmethod
    def _shorten(cls, text: str) -> str:
        return text[:200]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.price_min is not None and self.price_max is not None and self.price_min > self.price_max:
            raise BadSearch("price_min")
        return self

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but words decides what is found."""
        return bool(self.chosen) or self.price_min is not None or self.price_max is not None

    @property
    def chosen(self) -> Mapping[Facet, tuple[str, ...]]:
        """Return the chosen values of facets that have any."""
        flags = {
            Facet.KEY_COUNTY: self.key_county,
            Facet.IN_SEASON: self.in_season,
            Facet.IN_STOCK: self.in_stock,
        }
        values: dict[Facet, tuple[str, ...]] = {
            Facet.CERTIFICATION: self.certification,
            Facet.AISLE: self.aisle,
            Facet.INDUSTRY: self.industry,
            Facet.PREFECTURE: self.prefecture,
            Facet.COUNTY: self.county,
            Facet.STORAGE: self.storage,
            Facet.COOPERATIVE: self.cooperative,
            Facet.PRICE: self.price,
        }
        values |= {facet: ("1",) for facet, wanted in flags.items() if wanted}
        return {facet: tuple(dict.fromkeys(chosen)) for facet, chosen in values.items() if chosen}

    def request(self) -> SearchRequest:
        """Return the search as the search room takes it, as of now."""
        return SearchRequest(
            at=time.now(),
            q=self.q,
            chosen=self.chosen,
            price_min_fen=_fen(self.price_min),
            price_max_fen=_fen(self.price_max),
            sort=self.sort,
            page=self.page,
            per_page=DEFAULT_PER_PAGE,
        )


class BadSearch(Refusal):
    """A parameter that cannot be read."""

    code = "bad_search"

    def __init__(self, parameter: str) -> None:
        super().__init__(
            msg("搜索条件“%(parameter)s”读不懂，请改正后再试。", parameter=parameter), field=parameter
        )


def read_parameters(sent: MultiDict[str, str]) -> SearchParameters:
    """Read the parameters of an address; refuses (BadSearch) what cannot be understood."""
    given: dict[str, object] = {}
    for name, field in SearchParameters.model_fields.items():
        values = [value for value in sent.getlist(name) if value != ""]
        if values:
            given[name] = values if "tuple" in str(field.annotation) else values[-1]
    try:
        return SearchParameters.model_validate(given)
    except ValidationError as error:
        raise BadSearch(str(error.errors()[0]["loc"][0])) from None


def as_query(parameters: SearchParameters, **changes: object) -> Mapping[str, object]:
    """Return the parameters that differ from the ordinary, with changes: for links."""
    sent = {
        name: 1 if value is True else value
        for name, value in parameters.model_dump(mode="json").items()
        if value != _ORDINARY[name]
    }
    return changed_query(sent, changes)


def changed_query(sent: Mapping[str, object], changes: Mapping[str, object]) -> Mapping[str, object]:
    """Return what an address says with changes; what becomes ordinary is left out."""
    changed: dict[str, object] = {
        name: 1 if value is True else [*value] if isinstance(value, tuple) else value
        for name, value in changes.items()
    }
    return {name: value for name, value in {**sent, **changed}.items() if value != _ORDINARY.get(name)}


_ORDINARY = SearchParameters().model_dump(mode="json")


def _fen(yuan: float | None) -> int | None:
    return None if yuan is None else round(yuan * 100)
