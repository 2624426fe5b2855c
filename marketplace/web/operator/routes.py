"""The blueprint of the operator's working pages."""

from flask import Blueprint, Response

from marketplace.parties import rules
from marketplace.parties.types import Permission
from marketplace.web import guard, paging, wording
from marketplace.web.language import gettext as _
from marketplace.web.operator import ages

blueprint = Blueprint("operator", __name__, url_prefix="/operator")


@blueprint.context_processor
def portal() -> dict[str, object]:
    """Name the pages and their menu; nothing for a page that says no to a stranger."""
    shared: dict[str, object] = {"page_address": paging.page_address, "wording": wording, "age": ages.age}
    if not rules.may(guard.current_actor(), Permission.OPERATE):
        return shared
    return shared | {
        "portal_title": _("平台运营"),
        "nav_items": [
            ("operator.home", _("待办"), "inbox", None),
            ("operator.orders", _("订单"), "bill", None),
            ("operator.unaccepted", _("待接供货单"), "box", None),
            ("operator.payments", _("款项"), "yuan", None),
            ("operator.goods", _("商品审核"), "leaf", None),
            ("operator.stories", _("故事"), "list", None),
            ("operator.certificates", _("证书"), "seal", None),
            ("operator.editions", _("名优目录"), "leaf", None),
            ("operator.breaches", _("温度异常和停售"), "thermometer", None),
            ("operator.applications", _("入驻申请"), "building", None),
            ("operator.parties", _("主体"), "people", None),
            ("operator.search", _("搜索"), "search", None),
        ],
    }


@blueprint.after_request
def keep_nowhere(response: Response) -> Response:
    """Nothing of a working page may be kept by anybody on the way."""
    response.headers["Cache-Control"] = "private, no-store"
    return response
