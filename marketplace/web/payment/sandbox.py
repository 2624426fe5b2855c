"""The sandbox's own addresses: the API that the SDK talks to, and the page 演示支付. Not part of the shop."""

from flask import jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from marketplace.kernel.refusals import NotFound
from marketplace.payment.port import PayPage
from marketplace.web.guard import public
from marketplace.web.payment.routes import blueprint, own_processor
from marketplace.web.setup import csrf

MAX_BODY_BYTES = 64 * 1024


@blueprint.route("/sandbox/api/<path:path>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]  # Flask-WTF ships no types
@public
def sandbox_api(path: str) -> ResponseReturnValue:
    """Answer the SDK; who may ask is decided by the API key, as at a real processor."""
    request.max_content_length = MAX_BODY_BYTES
    headers = {name.lower(): value for name, value in request.headers.items()}
    answer = own_processor().answer(request.method, f"/{path}", headers, request.get_data(cache=False))
    return jsonify(answer.body), answer.status, dict(answer.headers)


@blueprint.get("/sandbox/pay/<reference>")
@public
def sandbox_page(reference: str) -> str:
    return _shown(own_processor().find_page(reference))


@blueprint.post("/sandbox/pay/<reference>")
@public
def sandbox_pay(reference: str) -> ResponseReturnValue:
    """Take the visitor's decision; the marketplace hears of it by a signed event, or by asking."""
    if request.form.get("decision") != "pay":
        return _shown(own_processor().find_page(reference), declined=True)
    page = own_processor().pay(reference)
    if page is not None and page.status == "complete":
        return redirect(page.back_url, 303)
    return _shown(page)


def _shown(page: PayPage | None, *, declined: bool = False) -> str:
    if page is None:
        raise NotFound
    return render_template("payment/sandbox_pay.html", page=page, declined=declined)
