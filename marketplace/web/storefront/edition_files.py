"""An edition as files: JSON to the byte of its digest, XLSX, and a PDF to print and keep."""

import io
from collections.abc import Callable, Mapping
from typing import cast

from flask import Response, current_app, send_file
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Edition, Entry, Left, Reference
from marketplace.kernel.printing import Printer
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.web import edition_words, language
from marketplace.web.language import gettext as _
from marketplace.web.oversight.sheets import Cell, Sheet, write_xlsx
from marketplace.web.present import moment, text
from marketplace.web.storefront import edition_sheet

_DAY_SECONDS = 86_400
_KEPT_FILES = 12


def send(session: Session, edition: Edition, kind: str) -> Response:
    """Answer with one of the edition's files; what is published never changes, so it may be kept a day."""
    make, mimetype = _KINDS[kind]
    answer = send_file(
        io.BytesIO(make(session, edition)),
        mimetype=mimetype,
        as_attachment=kind != "pdf",
        download_name=f"catalogue-{edition.year}.{kind}",
    )
    answer.cache_control.no_cache = None
    answer.cache_control.public = True
    answer.cache_control.max_age = _DAY_SECONDS
    answer.vary.update(["Accept-Language", "Cookie"])
    return answer


class PrintedEditions:
    """Sets each edition once a language: its words never change, and setting type takes a while."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], bytes] = {}

    def get(self, key: tuple[str, str], make: Callable[[], bytes]) -> bytes:
        found = self._files.get(key)
        if found is None:
            if len(self._files) >= _KEPT_FILES:
                self._files.clear()
            found = self._files[key] = make()
        return found


def _json(session: Session, edition: Edition) -> bytes:
    return catalogue.published_content(session, edition.id)


def _pdf(session: Session, edition: Edition) -> bytes:
    assert edition.publication is not None
    printer = cast("Printer", current_app.extensions["printer"])
    kept = cast("PrintedEditions", current_app.extensions.setdefault("printed_editions", PrintedEditions()))
    key = (edition.publication.digest, language.current())
    return kept.get(key, lambda: printer.pdf("edition", edition_sheet.sheet(session, edition)))


def _xlsx(session: Session, edition: Edition) -> bytes:
    """Write entries, then what left; each row says which of the two it is."""
    atlas, reference = places.atlas(session), catalogue.reference(session)
    head = [
        _("列入或离开"),
        _("编号"),
        _("上一版编号"),
        _("商品编号"),
        _("商品"),
        _("县代码"),
        _("产地"),
        _("市州"),
        _("特色产业"),
        _("列入时有效的证书"),
        _("离开的原因"),
    ]
    rows = [_entry_cells(one, atlas, reference) for one in catalogue.every_entry(session, edition.id)]
    rows += [_left_cells(one, edition, atlas) for one in catalogue.list_left(session, edition.id)]
    file = io.BytesIO()
    write_xlsx(file, Sheet(_about(edition), head, rows))
    return file.getvalue()


def _about(edition: Edition) -> list[str]:
    """Say what the file is; it must stand by itself on somebody's disk."""
    published = edition.publication
    assert published is not None
    name = edition_words.edition_name(edition.year, is_demo=edition.is_demo)
    return [
        _("黔货入粤名优产品目录 %(edition)s", edition=name),
        _("第 %(no)s 期，%(moment)s 公布", no=published.issue_no, moment=moment(published.published_at)),
        _("数字指纹（SHA-256） %(digest)s", digest=published.digest),
    ]


def _entry_cells(one: Entry, atlas: Atlas, reference: Reference) -> list[Cell]:
    return [
        _("列入"),
        str(one.no),
        "" if one.former_no is None else str(one.former_no),
        one.product_number,
        text(one.name),
        one.county_code,
        text(atlas.division(one.county_code).name),
        text(atlas.division(one.prefecture_code).name),
        text(reference.industries[one.industry_code].name) if one.industry_code else "",
        edition_words.certificates(one, reference),
        "",
    ]


def _left_cells(one: Left, edition: Edition, atlas: Atlas) -> list[Cell]:
    return [
        _("离开"),
        "",
        str(one.former_no),
        one.product_number,
        text(one.name),
        one.county_code,
        text(atlas.division(one.county_code).name),
        text(atlas.division(atlas.prefecture_of(one.county_code)).name),
        "",
        "",
        edition_words.why_left(one, edition.criteria),
    ]


_KINDS: Mapping[str, tuple[Callable[[Session, Edition], bytes], str]] = {
    "json": (_json, "application/json"),
    "xlsx": (_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": (_pdf, "application/pdf"),
}
