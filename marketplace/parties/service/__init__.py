"""Writes of parties: register, join, sign in."""

from marketplace.parties.service.applications import (
    accept_application,
    correct_application,
    recommend_application,
    refuse_application,
    return_application,
    submit_application,
    withdraw_application,
)
from marketplace.parties.service.codes import confirm_code, forget_old_tries, issue_code
from marketplace.parties.service.members import add_member, end_membership, let_in, let_out
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
from marketplace.parties.service.register import (
    record_business_licence,
    register_party,
    reinstate_party,
    set_contract_mode,
    suspend_party,
)
from marketplace.parties.service.verifications import (
    ask_verification,
    note_due,
    note_lapsed,
    refuse_verification,
    verify_party,
)

__all__ = [
    "accept_application",
    "add_member",
    "ask_verification",
    "confirm_code",
    "confirm_password",
    "correct_application",
    "end_membership",
    "end_sessions",
    "forget_old_tries",
    "issue_code",
    "let_in",
    "let_out",
    "note_due",
    "note_lapsed",
    "recommend_application",
    "record_business_licence",
    "refuse_application",
    "refuse_verification",
    "register_party",
    "register_person",
    "reinstate_party",
    "rename_person",
    "return_application",
    "set_contract_mode",
    "set_email",
    "set_language",
    "set_password",
    "sign_in_with_password",
    "submit_application",
    "suspend_party",
    "verify_party",
    "withdraw_application",
]
