"""Events put into a document that a partner can take."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from marketplace.custody.epcis import terms
from marketplace.custody.epcis.events import Event


def document(events: Iterable[Event], created_at: datetime) -> dict[str, Any]:
    """Return an EPCISDocument (EPCIS 2.0, 10.2) of events."""
    created = created_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "@context": [terms.CONTEXT],
        "type": "EPCISDocument",
        "schemaVersion": terms.SCHEMA_VERSION,
        "creationDate": created,
        "epcisBody": {"eventList": list(events)},
    }
