"""The road: carriers, warehouses and drivers take and give goods with a phone; anybody follows a journey."""

from marketplace.web.carrier import hand_off, home, many, regrouping, sheets, trace, waybills
from marketplace.web.carrier.routes import blueprint

__all__ = ["blueprint", "hand_off", "home", "many", "regrouping", "sheets", "trace", "waybills"]
