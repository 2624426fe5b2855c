"""The counting rules (口径) that ship, as versioned data; a new version is a new row, never an edit."""

from datetime import date

from marketplace.assistance.types import CountingRule, Mode, OriginScope, Stage
from marketplace.custody.types import CustodyEvidence
from marketplace.kernel.message import msg

RECOGNITION_VERSION = "1.0"
"""By which version an entry's dimensions were derived from its order line."""

_BOTH = frozenset(Mode)
_FROM = date(2021, 1, 1)

SHIPPED = (
    CountingRule(
        code="platform_paid",
        version="1.0",
        name=msg("平台已付款"),
        summary=msg("平台上已付款订单的货款，不含运费，扣除退款；不限产地、采购主体和交接凭据。"),
        moment=Stage.PAID,
        modes=_BOTH,
        origins=OriginScope.ALL,
        evidence=None,
        valid_from=_FROM,
    ),
    CountingRule(
        code="832_completed",
        version="1.0",
        name=msg("832式完成"),
        summary=msg("脱贫县农副产品、采购单位采购、确认收货后计入的货款，不含运费，扣除退款。"),
        moment=Stage.COMPLETED,
        modes=frozenset({Mode.PURCHASE}),
        origins=OriginScope.POVERTY_ALLEVIATED,
        evidence=None,
        valid_from=_FROM,
    ),
    CountingRule(
        code="cooperation_report",
        version="1.0",
        name=msg("协作报送口径"),
        summary=msg(
            "结对关系内采购和帮助销售、确认收货后计入的货款，不含运费，扣除退款；不要求冷链交接凭据。"
        ),
        moment=Stage.COMPLETED,
        modes=_BOTH,
        origins=OriginScope.PAIRED,
        evidence=None,
        valid_from=_FROM,
    ),
    CountingRule(
        code="cold_chain_proven",
        version="1.0",
        name=msg("冷链可证口径"),
        summary=msg("结对关系内确认收货、且全程双签或承运可查的货款，不含运费，扣除退款。"),
        moment=Stage.COMPLETED,
        modes=_BOTH,
        origins=OriginScope.PAIRED,
        evidence=frozenset({CustodyEvidence.DOUBLE_SIGNED, CustodyEvidence.CARRIER_TRACKED}),
        valid_from=_FROM,
    ),
)

DEFAULT = "cooperation_report"
