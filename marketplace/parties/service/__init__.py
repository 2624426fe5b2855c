"""Writes of parties: register, join, sign in."""

from marketplace.parties.service.codes import confirm_code, forget_old_tries, issue_code
from marketplace.parties.service.members import add_member, end_membership
from marketplace.parties.service.people import (
    confirm_password,
    end_sessions,
    register_person,
    rename_person,
    set_email,
    set_language,
    set_password,
    sign_in_with_password,
)
from marketplace.parties.service.register import register_party, reinstate_party, suspend_party

__all__ = [
    "add_member",
    "confirm_code",
    "confirm_password",
    "end_membership",
    "end_sessions",
    "forget_old_tries",
    "issue_code",
    "register_party",
    "register_person",
    "reinstate_party",
    "rename_person",
    "set_email",
    "set_language",
    "set_password",
    "sign_in_with_password",
    "suspend_party",
]
