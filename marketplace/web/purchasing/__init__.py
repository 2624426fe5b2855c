"""A purchasing unit's pages: its orders, their progress, paying by transfer, ordering again."""

from marketplace.web.purchasing import views
from marketplace.web.purchasing.routes import blueprint

__all__ = ["blueprint", "views"]
