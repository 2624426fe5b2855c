"""Tables of notices; private to the room."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.kernel.database import Base, Key
from marketplace.notices.types import NoticeKind, NoticeState

_KINDS = ", ".join(repr(str(one)) for one in NoticeKind)
_STATES = ", ".join(repr(str(one)) for one in NoticeState)


class NoticeRow(Base):
    """One message, kept as template and parameters; ``is_secret`` ones lose the parameters once delivered."""

    __tablename__ = "notices_notice"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind_known"),
        CheckConstraint(f"state IN ({_STATES})", name="state_known"),
        CheckConstraint("to_phone IS NOT NULL OR to_person_id IS NOT NULL", name="addressed"),
        CheckConstraint("link ~ '^/([^/\\\\]|$)'", name="link_stays_here"),
        CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="delivery_dated"),
        CheckConstraint("tries >= 0", name="tries_counted"),
        Index(None, "to_phone", "id"),
        Index(None, "to_person_id", "id"),
        Index("ix_notices_notice_waiting", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(String(20))
    to_phone: Mapped[str | None] = mapped_column(String(20))
    to_person_id: Mapped[int | None] = mapped_column(ForeignKey("parties_person.id"))
    template: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    is_secret: Mapped[bool]
    link: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(20))
    tries: Mapped[int]
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
