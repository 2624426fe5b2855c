"""Where certificates wait for somebody: to be verified, renewed in time, or renewed too late."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from marketplace.catalogue import rules
from marketplace.catalogue.models import CertificateRow
from marketplace.catalogue.queries.certificate_rows import (
    CERTIFICATE_ORDERS,
    certificate_from_row,
    is_numbered,
    read_certificates,
    select_certificates,
)
from marketplace.catalogue.queries.reference import reference
from marketplace.catalogue.rules.renewals import LATER, SOON
from marketplace.catalogue.types import Certificate, CertificateQueue, CertificateState, Scheme
from marketplace.kernel.paging import ANY, MOST_COUNTED, Page, Sought
from marketplace.parties.queries import cooperatives_in

_ENDING = (CertificateState.VERIFIED, CertificateState.SUSPENDED, CertificateState.LAPSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which queue as of which day; of holders registered in some places, or of all."""

    queue: CertificateQueue
    day: date
    county_codes: Collection[str] | None = None


def list_queue(
    session: Session,
    wanted: QueueFilter,
    *,
    sought: Sought = ANY,
    page: int = 1,
    per_page: int = 30,
) -> Page[Certificate]:
    """Return one page of a queue, the most urgent first; of some holders or of all."""
    waits = _waits(wanted.queue, wanted.day, reference(session).schemes)
    conditions = [waits, *_of(wanted.county_codes)]
    if sought.text:
        conditions.append(is_numbered(sought.text))
    order = CERTIFICATE_ORDERS.get(sought.order) or _order(wanted.queue)
    return read_certificates(session, conditions, order, page, per_page)


def count_queues(
    session: Session, day: date, *, county_codes: Collection[str] | None = None
) -> Mapping[CertificateQueue, int]:
    """Count every queue in one statement, each as far as pages count."""
    schemes, holders = reference(session).schemes, _of(county_codes)
    counts = [
        select(func.count())
        .select_from(
            select(CertificateRow.id)
            .where(_waits(one, day, schemes), *holders)
            .limit(MOST_COUNTED)
            .subquery()
        )
        .scalar_subquery()
        for one in CertificateQueue
    ]
    return dict(zip(CertificateQueue, session.execute(select(*counts)).one(), strict=True))


def reminders_due(session: Session, day: date) -> list[Certificate]:
    """Return the certificates whose holders are to be told on a day (``rules.is_reminder_due``)."""
    schemes = reference(session).schemes
    row = CertificateRow
    found = session.execute(
        select_certificates()
        .add_columns(row.reminded_on)
        .where(
            row.state.in_(rules.STANDING),
            row.valid_to.between(day, _last_day(day, schemes)),
            or_(row.reminded_on.is_(None), row.reminded_on < day),
            ~_is_followed(),
        )
        .order_by(row.holder_id, row.valid_to, row.id)
    )
    told = [(certificate_from_row(*parts), reminded_on) for *parts, reminded_on in found]
    return [
        one
        for one, reminded_on in told
        if rules.is_reminder_due(one, schemes[one.scheme_code], reminded_on, day)
    ]


def followed(session: Session, certificates: Collection[Certificate]) -> frozenset[int]:
    """Return the ids of those certificates whose next term is handed in or verified."""
    found = session.scalars(
        select(CertificateRow.renews_id).where(
            CertificateRow.renews_id.in_({one.id for one in certificates}),
            CertificateRow.state != CertificateState.REJECTED,
        )
    )
    return frozenset(one for one in found if one is not None)


def _waits(queue: CertificateQueue, day: date, schemes: Mapping[str, Scheme]) -> ColumnElement[bool]:
    """Say ``rules.queue_of`` in SQL; a test holds the two together."""
    row = CertificateRow
    if queue is CertificateQueue.TO_VERIFY:
        return row.state == CertificateState.SUBMITTED
    ends = {
        CertificateQueue.LAPSED: row.valid_to < day,
        CertificateQueue.LAPSING_30: row.valid_to.between(day, day + SOON),
        CertificateQueue.LAPSING_60: and_(
            row.valid_to > day + SOON, or_(row.valid_to <= day + LATER, _is_due(day, schemes))
        ),
    }[queue]
    return and_(row.state.in_(_ENDING), ends, ~_is_followed())


def _is_due(day: date, schemes: Mapping[str, Scheme]) -> ColumnElement[bool]:
    return or_(
        false(),
        *(
            and_(
                CertificateRow.scheme_code == one.code,
                CertificateRow.valid_to <= rules.last_day_due(one, day),
            )
            for one in schemes.values()
            if one.renewal_days_before is not None
        ),
    )


def _is_followed() -> ColumnElement[bool]:
    later = aliased(CertificateRow)
    return (
        select(later.id)
        .where(later.renews_id == CertificateRow.id, later.state != CertificateState.REJECTED)
        .exists()
    )


def _last_day(day: date, schemes: Mapping[str, Scheme]) -> date:
    """Return the latest last day of certificates that any queue or reminder speaks of."""
    return max(day + LATER, *(rules.last_day_due(one, day) for one in schemes.values()))


def _of(county_codes: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if county_codes is None else [CertificateRow.holder_id.in_(cooperatives_in(county_codes))]


def _order(queue: CertificateQueue) -> tuple[Any, ...]:
    row = CertificateRow
    if queue is CertificateQueue.TO_VERIFY:
        return (row.submitted_at, row.id)
    if queue is CertificateQueue.LAPSED:
        return (row.valid_to.desc(), row.id.desc())
    return (row.valid_to, row.id)
