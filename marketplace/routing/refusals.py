"""What routing may refuse."""

from dataclasses import replace

from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import NotFound, Refusal
from marketplace.routing.types import LineProblem, Reason


class CannotSupply(Refusal):
    """Lines of an order that nobody can supply: ``problems`` names every one, the sentence is the first's."""

    code = "cannot_supply"
    status = 409

    def __init__(self, problems: tuple[LineProblem, ...]) -> None:
        super().__init__(explain(problems[0]))
        self.problems = problems
        self.line_no = problems[0].line_no
        self.reason = problems[0].reason


class NothingToPlan(Refusal):
    code = "nothing_to_plan"

    def __init__(self) -> None:
        super().__init__(msg("购物篮是空的。"))


class NoDecision(NotFound):
    def __init__(self) -> None:
        super().__init__(msg("没有找到这次分单的记录。"))


_WHY = {
    Reason.NO_OFFER: msg("目前没有合作社供应这件商品。"),
    Reason.NOT_SERVED: msg("这件商品目前不能送往港澳。"),
    Reason.BELOW_MINIMUM: msg("这件商品 %(count)s 件起售。"),
    Reason.OUT_OF_STOCK: msg("库存不足，目前只剩 %(count)s 件。"),
    Reason.DAY_FULL: msg("合作社近几天的打包量已经订满。"),
    Reason.NO_CARRIER: msg("目前没有线路可以把这件商品送到所选地区。"),
    Reason.TOO_SLOW: msg("这件商品送到所选地区时会超过保质期。"),
}


def explain(problem: LineProblem) -> Message:
    """Say why a line cannot be supplied."""
    if problem.reason is Reason.OUT_OF_STOCK and not problem.available:
        return msg("这件商品已经售完。")
    count = problem.minimum if problem.reason is Reason.BELOW_MINIMUM else problem.available
    counted = problem.reason in {Reason.BELOW_MINIMUM, Reason.OUT_OF_STOCK}
    return replace(_WHY[problem.reason], parameters={"count": count} if counted else {})
