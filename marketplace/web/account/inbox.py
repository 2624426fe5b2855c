"""演示收件箱: what the demonstration would have sent by SMS and mail. No such page exists in production."""

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.flow.ports import Ports
from marketplace.kernel.refusals import NotFound
from marketplace.kernel.settings import Mode
from marketplace.notices import queries as notices
from marketplace.parties import rules
from marketplace.web import guard
from marketplace.web.account.routes import blueprint
from marketplace.web.database import read
from marketplace.web.setup import settings

PER_PAGE = 30


@blueprint.get("/demo/inbox")
@guard.public
def demo_inbox() -> ResponseReturnValue:
    ports: Ports = current_app.extensions["ports"]
    if settings().mode is Mode.PRODUCTION or not ports.notices.keeps_text:
        raise NotFound
    typed = request.args.get("phone", "")
    found = notices.inbox(
        read(),
        phone=rules.parse_phone(typed) if typed else None,
        page=max(1, request.args.get("page", 1, type=int)),
        per_page=PER_PAGE,
    )
    return render_template("account/inbox.html", found=found, phone=typed)
