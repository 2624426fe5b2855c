"""Tables and lines as files: XLSX and CSV whose sums are those of the screen."""

import io
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from typing import IO

from flask import Response, send_file
from flask.typing import ResponseReturnValue

from marketplace.assistance import queries as record
from marketplace.assistance import rules
from marketplace.assistance.types import Amounts, Table
from marketplace.custody.types import CustodyEvidence
from marketplace.parties.types import Permission
from marketplace.web import guard
from marketplace.web.database import read
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language, render
from marketplace.web.oversight import asked as question
from marketplace.web.oversight import sheets
from marketplace.web.oversight.figures import COLUMNS, DIMENSION_NAMES, amounts_of
from marketplace.web.oversight.lines import REASON_NAMES, line_views
from marketplace.web.oversight.routes import blueprint, scope_name
from marketplace.web.oversight.sheets import Cell, Fen
from marketplace.web.present import moment, text

_BATCH = 500
_KEPT_IN_MEMORY = 1024 * 1024

WRITERS: dict[str, tuple[Callable[[IO[bytes], sheets.Sheet], None], str]] = {
    "csv": (sheets.write_csv, "text/csv"),
    "xlsx": (sheets.write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@blueprint.get("/table.<any(csv, xlsx):kind>")
@guard.require(Permission.SEE_TOTALS)
def table_file(kind: str) -> ResponseReturnValue:
    asked = question.asked()
    table = record.tables(read(), [asked.by], asked.selection, asked.rule)[asked.by]
    head = [
        _("层级"),
        render(DIMENSION_NAMES[asked.by]),
        _("代码"),
        *(_("%(column)s（元）", column=render(name)) for name, _of in COLUMNS),
        *(_("已完成：%(evidence)s（元）", evidence=render(one)) for one in rules.EVIDENCE_NAMES.values()),
    ]
    return _send(kind, f"totals-{asked.by}", sheets.Sheet(_about(asked, table), head, _table_rows(table)))


@blueprint.get("/lines.<any(csv, xlsx):kind>")
@guard.require(Permission.SEE_TOTALS)
def lines_file(kind: str) -> ResponseReturnValue:
    asked = question.asked()
    head = [
        _("台账编号"),
        _("环节"),
        _("类型"),
        _("时间"),
        _("月份"),
        _("订单号"),
        _("产品"),
        _("规格"),
        _("产地县"),
        _("产地代码"),
        _("收货城市"),
        _("结对"),
        _("方式"),
        _("交接凭据"),
        _("证书"),
        _("金额（元）"),
        _("是否计入"),
        _("原因"),
    ]
    return _send(kind, "lines", sheets.Sheet(_about(asked, None), head, _line_rows(asked)))


def _send(kind: str, name: str, sheet: sheets.Sheet) -> Response:
    write, mimetype = WRITERS[kind]
    file = tempfile.SpooledTemporaryFile(max_size=_KEPT_IN_MEMORY)  # noqa: SIM115 - closed when it has been sent
    write(file, sheet)
    size = file.tell()
    file.seek(0)
    content: IO[bytes] = file
    if size <= _KEPT_IN_MEMORY:
        content = io.BytesIO(file.read())
        file.close()
    return send_file(content, mimetype=mimetype, as_attachment=True, download_name=f"{name}.{kind}")


def _about(asked: question.Asked, table: Table | None) -> list[str]:
    """Say what the file is: scope, period, rule, moment; it must stand by itself on somebody's disk."""
    said = [
        _("%(scope)s消费帮扶", scope=render(scope_name(guard.scope()))),
        render(asked.title),
        _("口径 %(rule)s %(version)s", rule=render(asked.rule.name), version=asked.rule.version),
        *(text(one) for one in asked.narrowed),
    ]
    return [*said, _("截至 %(moment)s", moment=moment(table.as_of))] if table else said


def _table_rows(table: Table) -> Iterator[list[Cell]]:
    yield [_("合计"), _("合计"), "", *_amounts(table.total)]
    for level, rows in (
        (_("结对状态"), table.states),
        (render(DIMENSION_NAMES[table.dimension]), table.rows),
    ):
        for row in rows:
            yield [level, text(row.label), row.key, *_amounts(row.amounts)]


def _amounts(amounts: Amounts) -> list[Cell]:
    by_evidence = (amounts.by_evidence[one] for one in CustodyEvidence)
    return [Fen(one) for one in (*amounts_of(amounts), *by_evidence)]


def _line_rows(asked: question.Asked) -> Iterator[list[Cell]]:
    entries = record.each_line(read(), asked.selection)
    while batch := list(islice(entries, _BATCH)):
        for one in line_views(read(), batch, asked):
            entry = one.entry
            yield [
                str(entry.id),
                render(rules.STAGE_NAMES[entry.stage]),
                render(REASON_NAMES[entry.reason]),
                moment(entry.at),
                f"{entry.month:%Y-%m}",
                one.order_number,
                name_in_language(one.line.product_name),
                name_in_language(one.line.pack),
                name_in_language(one.county),
                entry.origin_county,
                name_in_language(one.city),
                render(rules.STATE_NAMES[entry.pairing_state]),
                render(rules.MODE_NAMES[entry.mode]),
                render(rules.EVIDENCE_NAMES[entry.evidence]),
                " ".join(proof.number for proof in entry.certificates),
                Fen(entry.amount_fen),
                _("是") if one.judgement.counts else _("否"),
                render(one.judgement.why),
            ]
