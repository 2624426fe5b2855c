"""What narrows a list of products: groups with counts, chips of what is chosen, orders."""

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.kernel import money
from marketplace.kernel.message import Message, Name, msg
from marketplace.places import queries as places
from marketplace.search.types import PRICE_BANDS_FEN, Facet, FacetValue, SearchPage, Sort
from marketplace.web.language import gettext as _
from marketplace.web.present import text
from marketplace.web.searching import SearchParameters, as_query, changed_query
from marketplace.web.storefront import sellers
from marketplace.web.wording import STORAGE_KINDS

MOST_OPTIONS = 12
# Facets that may have more values than stand beside a list.
CHOSEN_APART = frozenset(
    {
        Facet.CERTIFICATION,
        Facet.AISLE,
        Facet.INDUSTRY,
        Facet.PREFECTURE,
        Facet.COUNTY,
        Facet.COOPERATIVE,
    }
)

_FLAGS = {
    Facet.IN_STOCK: msg("现在有货"),
    Facet.IN_SEASON: msg("当季"),
    Facet.KEY_COUNTY: msg("来自重点帮扶县"),
}
GROUPS = {
    Facet.CERTIFICATION: msg("认证"),
    Facet.PREFECTURE: msg("市州"),
    Facet.AISLE: msg("货架"),
    Facet.STORAGE: msg("储运"),
    Facet.PRICE: msg("价格"),
    Facet.COUNTY: msg("县区"),
    Facet.COOPERATIVE: msg("合作社"),
    Facet.INDUSTRY: msg("特色产业"),
}
_SORTS = {
    Sort.RELEVANCE: msg("综合"),
    Sort.SALES: msg("销量"),
    Sort.SEASON: msg("当季在前"),
    Sort.PRICE_ASC: msg("价格从低"),
    Sort.PRICE_DESC: msg("价格从高"),
    Sort.NEWEST: msg("新上架"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    label: str
    count: int
    selected: bool
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    key: str
    label: str
    kind: str = "many"
    options: list[Option] = field(default_factory=list)
    low: str = ""
    high: str = ""
    unit: str = ""
    more_href: str = ""
    more_count: int = 0

    @property
    def is_chosen(self) -> bool:
        return any(one.selected for one in self.options)


@dataclass(frozen=True, slots=True)
class Chip:
    text: str
    remove_href: str


@dataclass(frozen=True, slots=True)
class Order:
    text: str
    href: str
    current: bool


class Labels:
    """Names of facet values in the reader's language, each written once a request.

    Those of cooperatives are read in one statement for all that are shown.
    """

    def __init__(self, session: Session, codes: Iterable[str]) -> None:
        atlas, reference = places.atlas(session), catalogue.reference(session)
        cooperatives = sellers.BY_CODE.get(session, set(codes))
        self._schemes = reference.schemes
        self._names: Mapping[Facet, Callable[[str], Name | Message | None]] = {
            Facet.CERTIFICATION: lambda code: _name(reference.schemes.get(code), "short_name"),
            Facet.AISLE: lambda code: _name(reference.aisles.get(code)),
            Facet.INDUSTRY: lambda code: _name(reference.industries.get(code)),
            Facet.PREFECTURE: lambda code: _name(atlas.find(code), "short_name"),
            Facet.COUNTY: lambda code: _name(atlas.find(code), "short_name"),
            Facet.COOPERATIVE: lambda code: _name(cooperatives.get(code)),
            Facet.STORAGE: _STORAGES.get,
            Facet.PRICE: _band,
        }

    def of(self, facet: Facet, value: str) -> str:
        """Return a value's name, the value itself where nothing is known of it."""
        if facet in _FLAGS:
            return text(_FLAGS[facet])
        return text(self._names[facet](value) or value)

    def offered(self, facet: Facet, values: Sequence[FacetValue]) -> Sequence[FacetValue]:
        """Return the values that buyers choose by: licences that all food needs are no choice."""
        if facet is not Facet.CERTIFICATION:
            return values
        shown = {code for code, scheme in self._schemes.items() if scheme.shows_badge}
        return [one for one in values if one.selected or one.value in shown]


def labels_for(session: Session, found: SearchPage) -> Labels:
    """Return the names of what a page shows."""
    return Labels(session, [one.value for one in _shown(found.facets[Facet.COOPERATIVE], Facet.COOPERATIVE)])


def groups(found: SearchPage, asked: SearchParameters, labels: Labels) -> list[Group]:
    """Return the groups in their order, of each the values most often met and those chosen.

    One without anything to choose is left out; one with more values than stand here leads to all of them.
    """
    made = [_flags(found)]
    here = link("", asked)(page=1)
    for facet, label in GROUPS.items():
        values = labels.offered(facet, found.facets[facet])
        options = [
            Option(value=one.value, label=labels.of(facet, one.value), count=one.count, selected=one.selected)
            for one in _shown(values, facet)
        ]
        if options:
            more = ""
            if len(values) > len(options) and facet in CHOSEN_APART:
                more = url_for("storefront.choose", facet=facet.value) + here
            made.append(
                Group(
                    key=facet.value,
                    label=text(label),
                    options=options,
                    more_href=more,
                    more_count=len(values),
                )
            )
        if facet is Facet.PRICE:
            made.append(_range(asked))
    return made


def chips(asked: SearchParameters, labels: Labels, href: Callable[..., str]) -> list[Chip]:
    """Return what is chosen, each with the address of the list without it."""
    made = []
    for facet, values in asked.chosen.items():
        for value in values:
            kept = False if facet in _FLAGS else tuple(one for one in values if one != value)
            made.append(Chip(labels.of(facet, value), href(**{facet.value: kept}, page=1)))
    if asked.price_min is not None or asked.price_max is not None:
        made.append(Chip(_range_text(asked), href(price_min=None, price_max=None, page=1)))
    return made


def orders(asked: SearchParameters, href: Callable[..., str]) -> list[Order]:
    return [Order(text(label), href(sort=sort, page=1), sort is asked.sort) for sort, label in _SORTS.items()]


def link(base: str, asked: SearchParameters) -> Callable[..., str]:
    """Return a function that writes the address of the same list with changes."""
    plain = as_query(asked)

    def href(**changes: object) -> str:
        query = urlencode(changed_query(plain, changes), doseq=True)
        return f"{base}?{query}" if query else base

    return href


def _flags(found: SearchPage) -> Group:
    options = [
        Option(value=one.value, label=text(label), count=one.count, selected=one.selected, name=facet.value)
        for facet, label in _FLAGS.items()
        for one in found.facets[facet]
    ]
    return Group(key="only", label=_("只看"), options=options)


def ordered(values: Iterable[FacetValue]) -> list[FacetValue]:
    """Return chosen values first, then the most frequent, equal ones by their code."""
    return sorted(values, key=lambda one: (not one.selected, -one.count, one.value))


def _shown(values: Sequence[FacetValue], facet: Facet) -> list[FacetValue]:
    """Return the values to choose from: bands in their order, of others the most frequent and the chosen."""
    if facet is Facet.PRICE:
        return list(values)
    most = max(MOST_OPTIONS, sum(one.selected for one in values))
    return heapq.nsmallest(most, values, key=lambda one: (not one.selected, -one.count, one.value))


def _range(asked: SearchParameters) -> Group:
    return Group(
        key="price",
        label=_("价格区间"),
        kind="range",
        low=_plain(asked.price_min),
        high=_plain(asked.price_max),
        unit=_("元"),
    )


def _range_text(asked: SearchParameters) -> str:
    low, high = _plain(asked.price_min), _plain(asked.price_max)
    if not high:
        return _("%(low)s 元以上", low=low)
    return _("%(high)s 元以下", high=high) if not low else _("%(low)s 至 %(high)s 元", low=low, high=high)


def _plain(yuan: float | None) -> str:
    return "" if yuan is None else f"{yuan:.2f}".rstrip("0").rstrip(".")


_STORAGES: Mapping[str, Message] = {kind.value: name for kind, name in STORAGE_KINDS.items()}


def _band(value: str) -> Message | None:
    """Say a price band: its number counts from zero, the last one is open."""
    if not value.isdecimal() or int(value) > len(PRICE_BANDS_FEN):
        return None
    band = int(value)
    if band == 0:
        return msg("%(high)s 元以下", high=_yuan(0))
    if band == len(PRICE_BANDS_FEN):
        return msg("%(low)s 元以上", low=_yuan(band - 1))
    return msg("%(low)s 至 %(high)s 元", low=_yuan(band - 1), high=_yuan(band))


def _yuan(band: int) -> int:
    return PRICE_BANDS_FEN[band] // money.FEN_PER_YUAN


def _name(thing: object | None, attribute: str = "name") -> Name | None:
    return None if thing is None else getattr(thing, attribute)
