"""What the assistance record may refuse."""

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import NotFound, Refusal


class UnknownEntry(NotFound):
    code = "assistance_entry_not_found"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这条台账明细。"))


class UnknownPeriod(Refusal):
    """A period that is not written as a year, half-year, quarter, month or range of months."""

    code = "unknown_period"

    def __init__(self, text: str) -> None:
        super().__init__(
            msg(
                "看不懂时段 %(text)s，请写成 2026、2026-H1、2026-Q4、2026-11 或 2026-01..2026-11。", text=text
            ),
            field="period",
        )


class UnknownRule(Refusal):
    code = "unknown_rule"

    def __init__(self, text: str) -> None:
        super().__init__(msg("没有口径 %(text)s，请从列出的口径中选择。", text=text), field="rule")


class UnknownDimension(Refusal):
    code = "unknown_dimension"

    def __init__(self, text: str) -> None:
        super().__init__(
            msg("不能按 %(text)s 汇总，可选 pairing、prefecture、county、industry、month。", text=text),
            field="by",
        )


class ReversalTooLarge(Refusal):
    """More would be taken back from a line than it counted."""

    code = "assistance_reversal_too_large"

    def __init__(self) -> None:
        super().__init__(msg("冲减金额超过这一明细已计入的金额。"))
