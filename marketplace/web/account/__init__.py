"""One's own pages: signing in, account, parties one acts for, orders, notices."""

from marketplace.web.account import inbox, join, settings, sign_in, views
from marketplace.web.account.routes import blueprint

__all__ = ["blueprint", "inbox", "join", "settings", "sign_in", "views"]
