"""黔货入粤名优产品目录: the editions that the two provinces published, with what came and what left."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Edition, EntryFilter, Left
from marketplace.places import queries as places
from marketplace.places.types import Division
from marketplace.web import edition_words
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.language import gettext as _
from marketplace.web.page_cache import cacheable
from marketplace.web.paging import page_address, page_number
from marketplace.web.present import text
from marketplace.web.storefront import edition_files, edition_rows, zones
from marketplace.web.storefront.routes import blueprint

PER_PAGE = 50
YEAR = "<int(min=2000, max=2999):year>"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftView:
    left: Left
    county: Division
    why: str


@blueprint.get("/catalogue", endpoint="catalogue")
@cacheable
@public
def editions() -> ResponseReturnValue:
    """List the editions, with what the catalogue is and who decides on it."""
    found = catalogue.list_editions(read())
    newest = next((one for one in found if one.publication is not None), None)
    criteria = newest.criteria if newest else catalogue.reference(read()).criteria
    return render_template(
        "storefront/editions.html",
        editions=found,
        criteria=criteria,
        zones=zones.ZONES.values(),
        words=edition_words,
    )


@blueprint.get(f"/catalogue/{YEAR}")
@cacheable
@public
def edition(year: int) -> ResponseReturnValue:
    """Show an edition by prefecture and industry, what is new, what left and why, and its digest."""
    session = read()
    found = catalogue.get_published(session, year)
    by_prefecture, by_industry = catalogue.entry_counts(session, found.id)
    wanted = _wanted(by_prefecture, by_industry)
    page = catalogue.list_entries(session, found.id, wanted, page_number(), PER_PAGE)
    return render_template(
        "storefront/edition.html",
        edition=found,
        former=catalogue.find_former(session, year),
        wanted=wanted,
        found=page,
        rows=edition_rows.entry_views(session, page.items),
        left=_left(session, found),
        prefectures=_prefectures(session, by_prefecture),
        industries=_industries(session, by_industry),
        page_url=page_address,
        words=edition_words,
    )


@blueprint.get(f"/catalogue/{YEAR}.<any(json, xlsx, pdf):kind>")
@public
def edition_file(year: int, kind: str) -> ResponseReturnValue:
    """Hand an edition out: the very bytes of the digest, a workbook, or a document to print."""
    return edition_files.send(read(), catalogue.get_published(read(), year), kind)


def _left(session: Session, edition: Edition) -> list[LeftView]:
    atlas = places.atlas(session)
    return [
        LeftView(
            left=one,
            county=atlas.division(one.county_code),
            why=edition_words.why_left(one, edition.criteria),
        )
        for one in catalogue.list_left(session, edition.id)
    ]


def _wanted(by_prefecture: Mapping[str, int], by_industry: Mapping[str, int]) -> EntryFilter:
    prefecture, industry = request.args.get("prefecture"), request.args.get("industry")
    return EntryFilter(
        prefecture_code=prefecture if prefecture in by_prefecture else None,
        industry_code=industry if industry in by_industry else None,
        only_new=request.args.get("new") == "1",
    )


def _prefectures(session: Session, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    found = [one for one in places.atlas(session).prefectures if one.code in counts]
    return [(one.code, _counted(text(one.name), counts[one.code])) for one in found]


def _industries(session: Session, counts: Mapping[str, int]) -> list[tuple[str, str]]:
    found = [one for one in catalogue.reference(session).industries.values() if one.code in counts]
    return [(one.code, _counted(text(one.name), counts[one.code])) for one in found]


def _counted(name: str, count: int) -> str:
    return _("%(name)s（%(count)s）", name=name, count=count)
