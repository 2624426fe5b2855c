"""The code of a certificate that phones read: it opens the public page, which says where it stands today."""

import io

import segno
from flask import url_for

from marketplace.web.setup import settings

QUIET_MODULES = 4  # ISO/IEC 18004 asks for four modules of white around the code


def address(scheme_code: str, number: str) -> str:
    """Return the address of a certificate's public page as the world sees it."""
    return f"{settings().public_url}{url_for('storefront.certificate', scheme=scheme_code, number=number)}"


def picture(scheme_code: str, number: str) -> str:
    """Return the code as the address of a picture."""
    made = segno.make(address(scheme_code, number), error="m", micro=False)
    return str(made.svg_data_uri(border=QUIET_MODULES, scale=4))


def drawing(scheme_code: str, number: str) -> str:
    """Return the code as an SVG for a printed sheet."""
    drawn = io.BytesIO()
    made = segno.make(address(scheme_code, number), error="m", micro=False)
    made.save(drawn, kind="svg", border=QUIET_MODULES, xmldecl=False)
    return drawn.getvalue().decode()
