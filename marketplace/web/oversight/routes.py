"""The blueprint of the officials' pages, and through which scope they look."""

from flask import Blueprint, Response

from marketplace.catalogue.rules import nominating_county
from marketplace.kernel import time
from marketplace.kernel.message import Message, msg
from marketplace.parties.rules import covers_pairing, may, recommending_counties
from marketplace.parties.types import Permission, Role, Scope
from marketplace.places import queries as places
from marketplace.places.types import Pairing, PairingStatus
from marketplace.web import guard, paging
from marketplace.web.database import read
from marketplace.web.language import gettext as _
from marketplace.web.language import render

blueprint = Blueprint("oversight", __name__, url_prefix="/oversight")


def scope_name(scope: Scope) -> Message:
    """Say what an official looks through: 「佛山」, or 「佛山—黔东南」."""
    atlas = places.atlas(read())
    if scope.division_code is not None:
        return msg("%(division)s", division=atlas.division(scope.division_code).short_name)
    return msg(
        "%(city)s—%(prefecture)s",
        city=atlas.division(scope.city_code or "").short_name,
        prefecture=atlas.division(scope.gz_code or "").short_name,
    )


def waiting_pairings() -> list[Pairing]:
    """Return the pairings that wait for the word of an official of this scope; asked of memory alone."""
    atlas = places.atlas(read())
    scope, today = guard.scope(), time.today()
    return [
        one
        for one in atlas.pairings
        if one.status is PairingStatus.TO_BE_CONFIRMED
        and one.covers(today)
        and covers_pairing(scope, one.gd_code, one.gz_code, atlas)
    ]


@blueprint.context_processor
def portal() -> dict[str, object]:
    """Name the pages and their menu; nothing for a page that says no to a stranger."""
    shared: dict[str, object] = {"page_address": paging.page_address}
    actor = guard.current_actor()
    if actor is None or Role.OFFICIAL not in actor.roles:
        return shared
    recommends = recommending_counties(guard.scope(), places.atlas(read())) != frozenset()
    joining = [
        ("oversight.applications", _("入驻推荐"), "building", None),
        ("oversight.brands", _("品牌授权"), "leaf", None),
    ]
    return shared | {
        "portal_title": _("%(scope)s消费帮扶", scope=render(scope_name(guard.scope()))),
        "may_confirm": may(actor, Permission.CONFIRM_PAIRING),
        "nav_items": [
            ("oversight.home", _("总览"), "home", None),
            ("oversight.table", _("汇总"), "table", None),
            ("oversight.lines", _("台账明细"), "list", None),
            ("oversight.editions", _("名优目录"), "leaf", None),
            ("oversight.certificates", _("证书"), "seal", None),
            *(joining if recommends else []),
            ("oversight.pairings", _("结对关系"), "pair", len(waiting_pairings())),
            ("oversight.counting_rules", _("口径"), "info", None),
            *(
                [("oversight.story", _("县里的故事"), "leaf", None)]
                if nominating_county(guard.scope(), places.atlas(read())) is not None
                else []
            ),
        ],
    }


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    """Nothing of a working page may be kept by anybody on the way."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
