"""Which goods may be sent back without a reason, and which may not."""

from marketplace.catalogue.types import StorageKind

_PERISHABLE_DAYS = 60


def is_perishable(kind: StorageKind, shelf_life_days: int | None) -> bool:
    """Tell whether goods are 鲜活易腐 and so outside the seven-day return (消费者权益保护法第25条).

    What must be kept cold always is; other goods are when they keep for two months at most.
    """
    return kind is not StorageKind.AMBIENT or (
        shelf_life_days is not None and shelf_life_days <= _PERISHABLE_DAYS
    )
