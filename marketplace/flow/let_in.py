"""A manager lets somebody into the cooperative; they are told by whom it is they work for now."""

from sqlalchemy.orm import Session

from marketplace.kernel.message import msg
from marketplace.notices import service as notices
from marketplace.notices.types import NoticeKind
from marketplace.parties import queries as parties
from marketplace.parties import service
from marketplace.parties.types import Membership, PartyId, Role


def let_in(session: Session, party_id: PartyId, phone: str, display_name: str, role: Role) -> Membership:
    """Give somebody a role by their phone, and tell them. Refuses as ``parties.service.let_in``."""
    made = service.let_in(session, party_id, phone, display_name, role)
    person = next(one for one, held in parties.members_of(session, party_id) if held.id == made.id)
    notices.send(
        session,
        kind=NoticeKind.ACCOUNT,
        to_person_id=person.id,
        message=msg("您已加入%(name)s，用这个手机号登录即可。", name=made.party_name),
        link="/cooperative",
    )
    return made
