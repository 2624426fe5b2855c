"""What one's order did, to look at and to share: a page, and a picture that says nothing of who bought."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from marketplace.flow.share_order import share
from marketplace.web.database import read
from marketplace.web.guard import public
from marketplace.web.storefront.my_order import order_link, own_order
from marketplace.web.storefront.routes import blueprint, personal


@blueprint.get("/orders/<number>/share")
@personal
@public
def share_page(number: str) -> ResponseReturnValue:
    order = own_order(number)
    return render_template(
        "storefront/share.html",
        order=order,
        share=share(read(), order),
        order_href=order_link(order),
        picture_href=order_link(order, "storefront.share_picture"),
    )


@blueprint.get("/orders/<number>/share.svg")
@personal
@public
def share_picture(number: str) -> ResponseReturnValue:
    """Answer the picture, drawn from the same facts; it refers to nothing outside itself."""
    shared = share(read(), own_order(number))
    drawn = render_template("storefront/share.svg", share=shared)
    answer = Response(drawn, mimetype="image/svg+xml")
    answer.headers["Content-Disposition"] = f'inline; filename="{number}.svg"'
    return answer
