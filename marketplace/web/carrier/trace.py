"""``/trace/<token>``: the journey of goods for anybody, without a word about any person."""

from flask import make_response, render_template
from flask.typing import ResponseReturnValue

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue.types import StorageKind
from marketplace.custody.types import ConsignmentState, HandOffKind, HolderKind
from marketplace.flow.trace import Trace, TracedStep, find_trace
from marketplace.kernel import time
from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.refusals import NotFound
from marketplace.orders import queries as orders
from marketplace.orders.types import FulfilmentState
from marketplace.places import queries as places
from marketplace.places.atlas import Atlas
from marketplace.web import guard
from marketplace.web.carrier import qr, wording
from marketplace.web.carrier.routes import blueprint
from marketplace.web.database import read
from marketplace.web.language import gettext as _
from marketplace.web.language import name_in_language, render

_SENTENCES = {
    HandOffKind.PICK_UP: msg("%(to)s 从 %(from_)s 揽收"),
    HandOffKind.ARRIVAL: msg("到达 %(to)s"),
    HandOffKind.DEPARTURE: msg("离开 %(from_)s，由 %(to)s 承运"),
    HandOffKind.DISPATCH: msg("%(from_)s 交给 %(to)s"),
    HandOffKind.DELIVERY: msg("已送达"),
    HandOffKind.RECEIPT: msg("买家确认收货"),
    HandOffKind.RETURN: msg("退回 %(to)s"),
}


@blueprint.get("/trace/<token>")
@guard.public
def trace(token: str) -> ResponseReturnValue:
    found = find_trace(read(), token)
    if found is None:
        return _not_yet(token)
    atlas = places.atlas(read())
    papers = catalogue.reference(read()).papers
    answer = make_response(
        render_template(
            "storefront/trace.html",
            trace=found,
            state=wording.STATES[found.state],
            city=atlas.division(found.destination_code).short_name,
            events=_events(found, atlas),
            ranges=_ranges(found),
            counties={line.county_code: _county(atlas, line.county_code) for line in found.lines},
            paper_names={paper.code: paper.name for of_form in papers.values() for paper in of_form},
            standings=catalogue.standings_now(
                read(),
                ((one.scheme_code, one.number) for line in found.lines for one in line.certificates),
                time.now(),
            ),
            qr=qr.of_trace(found.token),
            wording=wording,
        )
    )
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


def _not_yet(token: str) -> ResponseReturnValue:
    """A part whose label is known but which nobody has packed yet has no journey; anything else is 404."""
    part = orders.fulfilment_by_label(read(), token)
    if part.state in {FulfilmentState.DECLINED, FulfilmentState.CANCELLED, FulfilmentState.AWAITING_PAYMENT}:
        raise NotFound
    return render_template("storefront/trace_waiting.html", ships_on=part.ships_on)


def _events(found: Trace, atlas: Atlas) -> list[dict[str, object]]:
    """Say each step in a sentence, oldest first, with what was measured and who signed."""
    events: list[dict[str, object]] = [
        {
            "title": _("装箱完成，等待揽收"),
            "at": found.opened_at,
            "detail": None,
            "state": "done",
            "href": None,
        }
    ]
    events += [
        {
            "title": _title(step),
            "at": step.at,
            "detail": _detail(step, atlas, found.storage_kind),
            "state": "stop" if step.breach or step.is_refused else "done",
            "href": None,
        }
        for step in found.steps
    ]
    if found.state not in {ConsignmentState.DELIVERED, ConsignmentState.RECEIVED, ConsignmentState.LOST}:
        city = name_in_language(atlas.division(found.destination_code).short_name)
        title = _("送往 %(city)s", city=city)
        events.append({"title": title, "at": None, "detail": None, "state": "todo", "href": None})
    return events


def _title(step: TracedStep) -> str:
    if step.what == "regrouped":
        return _("在 %(place)s 重新组合包裹", place=_named(step.from_name, HolderKind.WAREHOUSE))
    if step.what == "collected":
        return _("快递揽收")
    if step.what == "received":
        return _("买家确认收货")
    words = _SENTENCES[HandOffKind(step.what)]
    to = _named(step.to_name, step.to_kind or HolderKind.CARRIER)
    title = render(Message(words.template, {"to": to, "from_": _named(step.from_name, HolderKind.CARRIER)}))
    return _("%(what)s：拒收", what=title) if step.is_refused else title


def _detail(step: TracedStep, atlas: Atlas, kind: StorageKind) -> str | None:
    """Put beside a step where it was, what was measured, the seal, and by whose word it stands."""
    said: list[str] = []
    if step.place_code is not None:
        said.append(name_in_language(atlas.division(step.place_code).short_name))
    if step.measured is not None:
        low, high = step.measured.min_milli_c, step.measured.max_milli_c
        if low == high:
            said.append(_("实测 %(value)s ℃", value=wording.degrees(low)))
        else:
            said.append(_("实测 %(low)s 至 %(high)s ℃", low=wording.degrees(low), high=wording.degrees(high)))
    elif kind is not StorageKind.AMBIENT and step.what == HandOffKind.DISPATCH:
        said.append(_("未测温"))
    if step.breach is not None:
        said.append(render(wording.BREACHES[step.breach]))
    if step.seal_intact is not None:
        said.append(_("封签完好") if step.seal_intact else _("封签破损"))
    if step.lost:
        said.append(_("短少或损坏 %(count)s 件", count=step.lost))
    if step.note:
        said.append(step.note)
    if step.is_double_signed:
        said.append(_("双方签名"))
    return " · ".join(said) or None


def _named(name: Name | None, kind: HolderKind) -> str:
    return name_in_language(name) if name is not None else render(wording.HOLDERS[kind])


def _county(atlas: Atlas, code: str) -> Message:
    """Say a county with its prefecture."""
    return msg(
        "%(prefecture)s %(county)s",
        prefecture=atlas.division(atlas.prefecture_of(code)).short_name,
        county=atlas.division(code).name,
    )


def _ranges(found: Trace) -> list[tuple[int, int]]:
    kept = {(line.range.min_milli_c, line.range.max_milli_c) for line in found.lines if line.range}
    return sorted(kept)
