"""Codes that phones read: a label's hand-off, a parcel's public journey."""

import segno

from marketplace.web.setup import settings

QUIET_MODULES = 4  # ISO/IEC 18004 asks for four modules of white around the code


def of_label(label_token: str) -> str:
    """Return the code that opens the hand-off, as the address of a picture."""
    return _drawn(f"{settings().public_url}/h/{label_token}")


def of_trace(trace_token: str) -> str:
    """Return the code that opens the public journey, as the address of a picture."""
    return _drawn(f"{settings().public_url}/trace/{trace_token}")


def _drawn(address: str) -> str:
    return str(segno.make(address, error="m", micro=False).png_data_uri(scale=6, border=QUIET_MODULES))
