"""What the days do to certificates: holders are told in time, and once more when one has ended."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import rules, service
from marketplace.catalogue.types import Certificate, CertificateId
from marketplace.flow.decide_certificate import tell_holder
from marketplace.kernel.message import Message, msg
from marketplace.parties.types import PartyId


def remind(session: Session, day: date) -> list[CertificateId]:
    """Tell each holder once which certificates end soon: renewal due, 60 and 30 days before; returns them."""
    due = catalogue.reminders_due(session, day)
    for holder_id, theirs in _by_holder(due):
        tell_holder(session, holder_id, _ending(session, theirs))
    service.note_reminded(session, [one.id for one in due], day)
    return [one.id for one in due]


def lapse(session: Session) -> list[CertificateId]:
    """Mark what ended at midnight, pause the offers that needed it, and tell whoever has not renewed it."""
    ended = service.lapse_certificates(session)
    found = catalogue.certificates_by_id(session, ended).values()
    renewed = catalogue.followed(session, list(found))
    for holder_id, theirs in _by_holder(one for one in found if one.id not in renewed):
        tell_holder(session, holder_id, _ended(theirs))
    return ended


def _by_holder(found: Iterable[Certificate]) -> list[tuple[PartyId, list[Certificate]]]:
    ordered = sorted(found, key=lambda one: (one.holder_id, one.valid_to or date.max, one.id))
    return [(holder, list(theirs)) for holder, theirs in groupby(ordered, key=lambda one: one.holder_id)]


def _ending(session: Session, theirs: Sequence[Certificate]) -> Message:
    first = theirs[0]
    assert first.valid_to is not None
    if len(theirs) > 1:
        return msg(
            "有 %(count)s 份证书快到期，最早一份 %(number)s于 %(day)s到期，请尽快续期。",
            count=len(theirs),
            number=first.number,
            day=first.valid_to,
        )
    scheme = catalogue.reference(session).schemes[first.scheme_code]
    due = rules.renewal_due_on(first, scheme)
    if scheme.renewal_days_before is not None and due is not None:
        return msg(
            "%(scheme)s %(number)s将于 %(day)s到期，续期申请应在 %(due)s之前提出。",
            scheme=scheme.short_name,
            number=first.number,
            day=first.valid_to,
            due=due,
        )
    return msg(
        "%(scheme)s %(number)s将于 %(day)s到期，请尽快续期。",
        scheme=scheme.short_name,
        number=first.number,
        day=first.valid_to,
    )


def _ended(theirs: Sequence[Certificate]) -> Message:
    if len(theirs) > 1:
        return msg(
            "%(number)s等 %(count)s 份证书已到期，商品上的标志已撤下。",
            number=theirs[0].number,
            count=len(theirs),
        )
    return msg("证书 %(number)s已到期，商品上的标志已撤下。", number=theirs[0].number)
