"""Parts of the layouts that stand on every page: written once a language and city, then only put in.

A part says nothing of who reads it. Where it names the page it stands on (its forms lead back there), the
address is put in anew each time.
"""

from typing import cast

from flask import Flask, current_app
from markupsafe import Markup, escape

from marketplace.web import language

_HERE = "\ue000"  # no address has a character of the private use area: it would be escaped
_MOST_KEPT = 1_000
Kept = dict[tuple[object, ...], list[Markup]]


def install(app: Flask) -> None:
    app.extensions["standing_parts"] = {}
    app.jinja_env.globals["standing_part"] = standing_part


def standing_part(template: str, here: str, **shown: object) -> Markup:
    """Return a part as it stands on the page ``here``; what it shows is part of the key."""
    kept = cast("Kept", current_app.extensions["standing_parts"])
    key = (template, language.current(), *shown.items())
    pieces = kept.get(key)
    if pieces is None:
        written = current_app.jinja_env.get_template(template).render(
            here=_HERE, lang=language.current(), **shown
        )
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        pieces = kept[key] = [Markup(one) for one in written.split(_HERE)]  # noqa: S704 - just rendered
    return escape(here).join(pieces)
