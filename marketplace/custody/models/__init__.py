"""Tables of custody; private to the room."""

from marketplace.custody.models.hand_offs import BreachRow, HandOffRow, QuantityRow
from marketplace.custody.models.loads import ConsignmentRow, ContentRow, MovedRow, RegroupingRow
from marketplace.custody.models.waybills import WaybillEventRow, WaybillRow

__all__ = [
    "BreachRow",
    "ConsignmentRow",
    "ContentRow",
    "HandOffRow",
    "MovedRow",
    "QuantityRow",
    "RegroupingRow",
    "WaybillEventRow",
    "WaybillRow",
]
