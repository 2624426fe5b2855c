"""What the catalogue may refuse of producers and brands that a seller names."""

from marketplace.kernel.message import Message, Name, msg
from marketplace.kernel.refusals import Conflict, NotFound, Refusal


class ClaimNotFound(NotFound):
    code = "claim_not_found"


class ClaimAnswered(Conflict):
    code = "claim_answered"

    def __init__(self) -> None:
        super().__init__(msg("已经这样答复过了，请刷新页面。"))


class ProducerDenied(Refusal):
    """The producer has said that these goods are not its own."""

    code = "producer_denied"

    def __init__(self, producer: Name, product: Name) -> None:
        super().__init__(
            msg(
                "%(producer)s否认生产了您卖的%(product)s，请先和对方说清楚。",
                producer=producer,
                product=product,
            ),
            field="producer",
        )


class ProducerUnknown(Refusal):
    code = "producer_unknown"

    def __init__(self) -> None:
        super().__init__(
            msg("没有找到这家生产者，请填写对方在平台的编号或统一社会信用代码。"), field="producer"
        )


class BrandNotFound(NotFound):
    code = "brand_not_found"


class BrandUseNotFound(NotFound):
    code = "brand_use_not_found"


class BrandWrong(Refusal):
    code = "brand_wrong"

    def __init__(self, message: Message, field: str) -> None:
        super().__init__(message, field=field)


class BrandExists(Conflict):
    code = "brand_exists"

    def __init__(self) -> None:
        super().__init__(msg("这个品牌已经登记。"), field="name")


class BrandUseExists(Conflict):
    """The cooperative has asked already, or may use the brand already."""

    code = "brand_use_exists"

    def __init__(self) -> None:
        super().__init__(msg("您已经申请过这个品牌，或者已有授权。"), field="brand")


class BrandMovedOn(Conflict):
    code = "brand_moved_on"

    def __init__(self) -> None:
        super().__init__(msg("状态已经变了，请刷新页面。"))
