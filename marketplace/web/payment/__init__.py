"""Where processors reach the marketplace, and where buyers come back from them."""

from marketplace.web.payment import landing, sandbox, webhooks
from marketplace.web.payment.routes import blueprint

__all__ = ["blueprint", "landing", "sandbox", "webhooks"]
