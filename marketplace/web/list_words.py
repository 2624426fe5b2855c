"""How lists are sorted and what is looked for in them, in words; a query knows an order by the same name."""

from collections.abc import Mapping

from marketplace.kernel.message import Message, msg

_OLDEST, _NEWEST = msg("等得最久的在前"), msg("最新的在前")
Orders = Mapping[str, Message]

WAITING: Orders = {"oldest": _OLDEST, "newest": _NEWEST}
GOODS: Orders = {"newest": _NEWEST, "changed": msg("最近更新的在前")}
OFFERS: Orders = {
    "offered": msg("按报价先后"),
    "newest": _NEWEST,
    "price": msg("价格从低到高"),
    "price_desc": msg("价格从高到低"),
}
PARTS: Orders = {"ships": msg("先发货的在前"), "newest": _NEWEST}
CERTIFICATES: Orders = {"newest": _NEWEST, "ends": msg("先到期的在前"), "number": msg("按证书编号")}
QUEUE: Orders = {"urgent": msg("最急的在前"), **CERTIFICATES}
STOPPED: Orders = {"newest": _NEWEST, "oldest": _OLDEST, "code": msg("按批次号")}
PARTIES: Orders = {"code": msg("按编号"), "newest": _NEWEST}
SELLERS: Orders = {"ends": msg("先到期的在前"), "code": msg("按编号")}
BRANDS: Orders = {"kind": msg("按种类"), "newest": _NEWEST}
ORDERS: Orders = {"newest": _NEWEST, "oldest": msg("最早的在前")}
ANSWERS: Orders = {"waiting": msg("待答复的在前"), **ORDERS}
NOMINATIONS: Orders = {"county": msg("按产地"), **ORDERS}
UNCLEAR: Orders = {"undecided": msg("待处理的在前"), **ORDERS}
ASKED: Orders = {
    "times": msg("次数多的在前"),
    "rising": msg("增加多的在前"),
    "latest": msg("最近搜过的在前"),
}
PAIRINGS: Orders = {"status": msg("待确认的在前"), "place": msg("按地方"), "newest": msg("最近开始的在前")}
CHOICE: Orders = {"number": msg("按编号"), "newest": _NEWEST, "pinyin": msg("按名称拼音")}
AS_IT_IS: Orders = {}

NUMBER = msg("编号开头")
NAME = msg("名称")
NAME_OR_NUMBER = msg("名称或编号")
BRAND_OR_GOODS = msg("品牌或商品名称")
GOODS_NAME = msg("商品名称")
LOT_NUMBER = msg("批次号开头")
ORDER_NUMBER = msg("订单号开头")
ASKED_WORD = msg("搜的词")
PLACE = msg("地方")
