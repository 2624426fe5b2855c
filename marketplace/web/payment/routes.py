"""The blueprint, and the ports as these views need them."""

from typing import cast

from flask import Blueprint, current_app

from marketplace.flow.ports import Ports
from marketplace.kernel.refusals import NotFound
from marketplace.payment.port import OwnProcessor

blueprint = Blueprint("payment", __name__)


def ports() -> Ports:
    return cast("Ports", current_app.extensions["ports"])


def own_processor() -> OwnProcessor:
    """Return the sandbox. Refuses (NotFound) where a real processor is in use."""
    found = current_app.extensions.get("sandbox")
    if found is None:
        raise NotFound
    return cast("OwnProcessor", found)
