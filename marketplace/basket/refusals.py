"""What a basket may refuse."""

from marketplace.basket.rules import MAX_LINES, MAX_QUANTITY
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import NotFound, Refusal


class BadQuantity(Refusal):
    code = "bad_quantity"

    def __init__(self) -> None:
        super().__init__(msg("数量须在 1 至 %(most)s 之间。", most=MAX_QUANTITY), field="quantity")


class BasketFull(Refusal):
    code = "basket_full"

    def __init__(self) -> None:
        super().__init__(msg("购物篮最多放 %(most)s 种商品。", most=MAX_LINES))


class NotForSale(Refusal):
    """The pack is unknown, or this cooperative does not offer it now."""

    code = "not_for_sale"

    def __init__(self) -> None:
        super().__init__(msg("这件商品目前不出售。"))


class UnknownLine(NotFound):
    def __init__(self) -> None:
        super().__init__(msg("购物篮里没有这件商品。"))


class UnknownBasket(NotFound):
    def __init__(self) -> None:
        super().__init__(msg("没有找到这个购物篮。"))
