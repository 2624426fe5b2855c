"""What notices may refuse."""

from marketplace.kernel.refusals import NotFound


class NoticeNotFound(NotFound):
    code = "notice_not_found"
