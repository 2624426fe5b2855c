"""Tables of parties; private to the room."""

from marketplace.parties.models.applications import (
    ApplicationLicenceRow,
    ApplicationRow,
    BusinessLicenceRow,
)
from marketplace.parties.models.parties import (
    CodeRow,
    FailedSignInRow,
    MembershipRow,
    PartyRow,
    PersonRow,
    one_of,
)

__all__ = [
    "ApplicationLicenceRow",
    "ApplicationRow",
    "BusinessLicenceRow",
    "CodeRow",
    "FailedSignInRow",
    "MembershipRow",
    "PartyRow",
    "PersonRow",
    "one_of",
]
