"""How long something has waited, said the way one says it."""

from datetime import datetime, timedelta

from marketplace.kernel import time
from marketplace.web.language import gettext as _

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def age(since: datetime) -> str:
    """Say 「刚刚」, 「35 分钟」, 「5 小时」 or 「3 天」; parts of a unit are dropped."""
    waited = time.now() - since
    if waited < timedelta(minutes=1):
        return _("刚刚")
    if waited < _HOUR:
        return _("%(count)s 分钟", count=waited // timedelta(minutes=1))
    if waited < _DAY:
        return _("%(count)s 小时", count=waited // _HOUR)
    return _("%(count)s 天", count=waited // _DAY)
