"""What the money ledger may refuse."""

from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, Refusal


class Unbalanced(Refusal):
    """The postings of an entry do not add up to nothing."""

    code = "ledger_unbalanced"

    def __init__(self) -> None:
        super().__init__(msg("凭证借贷不平，未予记账。"))


class NothingReceived(Conflict):
    """No money that paid the order is on record, so there is nothing to post."""

    code = "nothing_received"

    def __init__(self, number: str) -> None:
        super().__init__(msg("订单 %(number)s 没有到账记录，不能记账。", number=number))
