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
from marketplace.parties.models.verifications import (
    VerificationRow,
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
    "VerificationRow",
    "one_of",
]
