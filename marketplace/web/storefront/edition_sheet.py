"""What the printed edition says: cover, digest, criteria, entries by prefecture, and what left."""

import io
from collections.abc import Sequence
from typing import Any

import segno
from flask import url_for
from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import Edition, Entry, Left, Reference
from marketplace.kernel import paths, time
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.web import edition_words
from marketplace.web.language import gettext as _
from marketplace.web.language import ngettext
from marketplace.web.present import full_day, text
from marketplace.web.setup import settings

_QUIET_MODULES = 4


def sheet(session: Session, edition: Edition) -> dict[str, Any]:
    """Return what ``print/edition.typ`` says of a published edition, in the reader's language."""
    published = edition.publication
    assert published is not None
    atlas, reference = places.atlas(session), catalogue.reference(session)
    heading = _("黔货入粤名优产品目录")
    name = edition_words.edition_name(edition.year, is_demo=edition.is_demo)
    gone = catalogue.list_left(session, edition.id)
    return {
        "title": f"{heading} {name}",
        "ident": f"edition-{edition.year}",
        "heading": heading,
        "edition": name,
        "demo": _("演示文件：提名、证书和审核都是演示，不是政府公布的目录") if edition.is_demo else "",
        "pattern": (paths.STATIC / "img" / "pattern-batik.svg").read_text(encoding="utf-8"),
        "qr": _code(url_for("storefront.edition", year=edition.year)),
        "scan": _("扫码看网上目录"),
        "facts": _facts(edition),
        "digest_head": _("数字指纹（SHA-256）"),
        "digest": [published.digest[:32], published.digest[32:]],
        "digest_note": edition_words.digest_note(),
        "criteria_head": _("列入条件"),
        "criteria": [[text(one.text), text(one.source)] for one in edition.criteria],
        "heads": [_("编号"), _("商品"), _("产地"), _("特色产业"), _("列入时有效的证书"), _("上一版")],
        "groups": _groups(catalogue.every_entry(session, edition.id), atlas, reference),
        "left_head": _("上一版有、这一版没有"),
        "left_heads": [_("上一版编号"), _("商品"), _("产地"), _("离开的原因")],
        "left": [_left_row(one, edition, atlas) for one in gone],
    }


def _facts(edition: Edition) -> list[list[str]]:
    published = edition.publication
    assert published is not None
    return [
        [_("期号"), _("第 %(no)s 期", no=published.issue_no)],
        [_("公布日期"), full_day(time.business_day(published.published_at))],
        [_("列入商品"), ngettext("%(num)s 件", "%(num)s 件", published.entry_count)],
        [_("离开商品"), ngettext("%(num)s 件", "%(num)s 件", published.left_count)],
        [_("审核"), _("贵州省、广东省逐项同意")],
        [_("政策依据"), _("黔府发〔2022〕12号第七条")],
    ]


def _groups(entries: Sequence[Entry], atlas: Atlas, reference: Reference) -> list[dict[str, Any]]:
    """Group entries by prefecture: their numbers already run in that order."""
    groups: dict[str, list[list[str]]] = {}
    for one in entries:
        groups.setdefault(one.prefecture_code, []).append(_entry_row(one, atlas, reference))
    return [
        {
            "name": _("%(name)s（%(count)s）", name=text(atlas.division(code).name), count=len(rows)),
            "rows": rows,
        }
        for code, rows in groups.items()
    ]


def _entry_row(one: Entry, atlas: Atlas, reference: Reference) -> list[str]:
    return [
        str(one.no),
        text(one.name),
        text(atlas.division(one.county_code).name),
        text(reference.industries[one.industry_code].name) if one.industry_code else "",
        edition_words.certificates(one, reference),
        _("新列入") if one.former_no is None else _("第%(no)s号", no=one.former_no),
    ]


def _left_row(one: Left, edition: Edition, atlas: Atlas) -> list[str]:
    return [
        _("第%(no)s号", no=one.former_no),
        text(one.name),
        text(atlas.division(one.county_code).name),
        edition_words.why_left(one, edition.criteria),
    ]


def _code(path: str) -> str:
    drawn = io.BytesIO()
    made = segno.make(f"{settings().public_url}{path}", error="m", micro=False)
    made.save(drawn, kind="svg", border=_QUIET_MODULES, xmldecl=False)
    return drawn.getvalue().decode()
