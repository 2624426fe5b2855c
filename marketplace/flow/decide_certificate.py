"""The operator's word about a certificate, and the holder's people told of it with the reason."""

from sqlalchemy.orm import Session

from marketplace.catalogue import queries as catalogue
from marketplace.catalogue import service
from marketplace.catalogue.types import Certificate, CertificateId, Check
from marketplace.kernel.message import Message, msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.parties import queries as parties
from marketplace.parties.types import PartyId

LINK = "/cooperative/certificates"


def verify(session: Session, certificate_id: CertificateId, check: Check) -> Certificate:
    found = service.verify_certificate(session, certificate_id, check)
    scheme = catalogue.reference(session).schemes[found.scheme_code]
    message = msg(
        "%(scheme)s %(number)s已核验通过，标志已显示在商品上。", scheme=scheme.short_name, number=found.number
    )
    if not scheme.shows_badge:
        message = msg("%(scheme)s %(number)s已核验通过。", scheme=scheme.short_name, number=found.number)
    tell_holder(session, found.holder_id, message)
    return found


def reject(session: Session, certificate_id: CertificateId, reason: str) -> Certificate:
    found = service.reject_certificate(session, certificate_id, reason)
    _tell(session, found, msg("证书 %(number)s未通过核验：%(reason)s", number=found.number, reason=reason))
    return found


def suspend(session: Session, certificate_id: CertificateId, reason: str) -> Certificate:
    found = service.suspend_certificate(session, certificate_id, reason)
    _tell(session, found, msg("证书 %(number)s已暂停使用：%(reason)s", number=found.number, reason=reason))
    return found


def reinstate(session: Session, certificate_id: CertificateId, reason: str) -> Certificate:
    found = service.reinstate_certificate(session, certificate_id, reason)
    _tell(
        session,
        found,
        msg("证书 %(number)s已恢复使用；因它停售的报价请您自己恢复。", number=found.number),
    )
    return found


def revoke(session: Session, certificate_id: CertificateId, reason: str) -> Certificate:
    found = service.revoke_certificate(session, certificate_id, reason)
    _tell(session, found, msg("证书 %(number)s已撤销：%(reason)s", number=found.number, reason=reason))
    return found


def tell_holder(session: Session, holder_id: PartyId, message: Message) -> None:
    """Send a word about certificates to the phones of all who work for the holder."""
    for person, _membership in parties.members_of(session, holder_id):
        notices.send(session, kind=NoticeKind.CERTIFICATE, to_person_id=person.id, message=message, link=LINK)


def _tell(session: Session, certificate: Certificate, message: Message) -> None:
    tell_holder(session, certificate.holder_id, message)
