"""Custody as GS1 EPCIS 2.0 / CBV 2.0 events: a pure mapping at the edge, plain hand-offs inside."""

from marketplace.custody.epcis.document import document
from marketplace.custody.epcis.events import Identifiers, declared_wrong, of_hand_off, of_regrouping

__all__ = ["Identifiers", "declared_wrong", "document", "of_hand_off", "of_regrouping"]
