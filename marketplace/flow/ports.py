"""The outside as the use cases see it; the factory chooses the adapters."""

from collections.abc import Mapping
from dataclasses import dataclass

from marketplace.kernel.spreadsheets import Spreadsheets
from marketplace.kernel.storage import FileStore
from marketplace.notices.port import NoticePort
from marketplace.payment.port import PaymentPort
from marketplace.search.engine import SearchEngine


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """One adapter for each port; ``payments`` by processor name."""

    notices: NoticePort
    payments: Mapping[str, PaymentPort]
    search: SearchEngine
    files: FileStore
    spreadsheets: Spreadsheets
