"""The code on a 承诺达标合格证: it opens the public page, which says what the promise is worth today."""

import io

import segno
from flask import url_for

from marketplace.web.setup import settings

QUIET_MODULES = 4  # ISO/IEC 18004 asks for four modules of white around the code


def address(token: str) -> str:
    """Return the address of a certificate's public page as the world sees it."""
    return f"{settings().public_url}{url_for('storefront.commitment', token=token)}"


def picture(token: str) -> str:
    """Return the code as the address of a picture."""
    made = segno.make(address(token), error="m", micro=False)
    return str(made.svg_data_uri(border=QUIET_MODULES, scale=4))


def drawing(token: str) -> str:
    """Return the code as an SVG for a printed sheet."""
    drawn = io.BytesIO()
    segno.make(address(token), error="m", micro=False).save(
        drawn, kind="svg", border=QUIET_MODULES, xmldecl=False
    )
    return drawn.getvalue().decode()
