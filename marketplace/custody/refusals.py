"""What custody may refuse."""

from marketplace.custody.types import Holder
from marketplace.kernel.message import msg
from marketplace.kernel.refusals import Conflict, NotFound, Refusal


class UnknownConsignment(NotFound):
    code = "unknown_consignment"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这张标签对应的货物。"))


class UnknownHandOff(NotFound):
    code = "unknown_hand_off"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这张交接单。"))


class UnknownWaybill(NotFound):
    code = "unknown_waybill"

    def __init__(self) -> None:
        super().__init__(msg("没有找到这个运单号。"))


class NotUnderWay(Conflict):
    """The goods have arrived, were regrouped or are lost: nothing can be handed over any more."""

    code = "not_under_way"

    def __init__(self, number: str) -> None:
        super().__init__(msg("%(number)s 已经结束流转，不能再交接。", number=number))
        self.number = number


class WrongHolder(Conflict):
    """Goods are given by whoever took them last, and by nobody else."""

    code = "wrong_holder"

    def __init__(self, holder: Holder) -> None:
        name = holder.name
        super().__init__(
            msg("这批货现在由%(holder)s保管，只能由其交出。", holder=name)
            if name is not None
            else msg("这批货现在不在您这边保管，只能由保管的一方交出。")
        )
        self.holder = holder


class NoSuchPass(Refusal):
    """Goods do not go from this kind of holder to that one, nor from somebody to themselves."""

    code = "no_such_pass"

    def __init__(self) -> None:
        super().__init__(msg("货物不能这样交接，请检查接收方。"), field="to")


class SignatureMissing(Refusal):
    code = "signature_missing"

    def __init__(self, *, giver: bool) -> None:
        super().__init__(
            msg("还缺移交方签名。") if giver else msg("还缺接收方签名。"),
            field="giver_name" if giver else "receiver_name",
        )


class WrongSigner(Refusal):
    """Whoever signs must speak for the side they sign for."""

    code = "wrong_signer"

    def __init__(self, *, giver: bool) -> None:
        super().__init__(
            msg("移交方签名人不属于现在保管的一方。") if giver else msg("接收方签名人不属于接收的一方。"),
            field="giver_name" if giver else "receiver_name",
        )


class TemperatureMissing(Refusal):
    code = "temperature_missing"

    def __init__(self) -> None:
        super().__init__(msg("冷链货物交接必须量箱外表面温度。"), field="temperature")


class TemperatureImplausible(Refusal):
    code = "temperature_implausible"

    def __init__(self) -> None:
        super().__init__(msg("温度读数不合理，请检查单位和正负号。"), field="temperature")


class MustRefuse(Refusal):
    """The goods are beyond the limit at which nobody may accept them (GB 31605-2020, DB31/T 388)."""

    code = "must_refuse"

    def __init__(self, measured_milli_c: int, limit_milli_c: int) -> None:
        super().__init__(
            msg(
                "实测 %(measured)s ℃，超过拒收界限 %(limit)s ℃，必须拒收。",
                measured=f"{measured_milli_c / 1000:.1f}",
                limit=f"{limit_milli_c / 1000:.1f}",
            ),
            field="decision",
        )


class ReasonNeeded(Refusal):
    """Something differs from what was expected: accepting it, or refusing it, needs a word why."""

    code = "reason_needed"

    def __init__(self) -> None:
        super().__init__(msg("数量、封签或温度与应有不符，或选择拒收，请写明原因。"), field="reason")


class NotConserved(Refusal):
    """Units in = units out + loss + on hand: what was entered does not add up."""

    code = "not_conserved"

    def __init__(self) -> None:
        super().__init__(msg("数量对不上：短少或损坏不能多于移交的数量。"), field="lost")


class SealNotChecked(Refusal):
    code = "seal_not_checked"

    def __init__(self) -> None:
        super().__init__(msg("请核对封签是否完好。"), field="seal_intact")


class WrongPackages(Refusal):
    code = "wrong_packages"

    def __init__(self, expected: int) -> None:
        super().__init__(msg("件数不能多于应有的 %(count)s 件。", count=expected), field="packages")


class BadMoment(Refusal):
    """A hand-off cannot lie in the future, nor before the one by which the giver got the goods."""

    code = "bad_moment"

    def __init__(self) -> None:
        super().__init__(msg("交接时间不能在将来，也不能早于上一次交接。"), field="at")


class WaybillTaken(Conflict):
    code = "waybill_taken"

    def __init__(self, number: str) -> None:
        super().__init__(msg("运单号 %(number)s 已用于另一批货。", number=number), field="waybill_number")


class WaybillOutOfOrder(Conflict):
    """签收 cannot be before 揽收, and nothing is reported for goods that the courier does not have."""

    code = "waybill_out_of_order"

    def __init__(self) -> None:
        super().__init__(msg("快递事件的顺序不对，请核对揽收和签收时间。"), field="at")


class CannotRegroup(Refusal):
    """Loads are put together or split only by the one who holds them all, for one destination and kind."""

    code = "cannot_regroup"

    def __init__(self) -> None:
        super().__init__(msg("只能把自己保管的、去向和贮运条件相同的货物拆分或合并，数量不能多于现有。"))


class NothingHeld(Conflict):
    code = "nothing_held"

    def __init__(self) -> None:
        super().__init__(msg("这个批次没有待处理的温度异常或拒收。"))
