"""Refusals: what the marketplace will not do, said with a stable code and a sentence for the reader."""

from marketplace.kernel.message import Message, msg


class Refusal(Exception):
    """Raised where a rule of the trade says no; one handler shows it, the transaction rolls back.

    ``code`` is stable and machine readable, ``field`` names the form's field where there is one.
    """

    code = "refused"
    status = 422

    def __init__(self, message: Message, *, field: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field


class NotFound(Refusal):
    """The thing does not exist, or belongs to somebody else: both look the same from outside."""

    code = "not_found"
    status = 404

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or msg("没有找到您要看的内容。"))


class Forbidden(Refusal):
    code = "forbidden"
    status = 403

    def __init__(self, message: Message | None = None) -> None:
        super().__init__(message or msg("您没有权限做这件事。"))


class TooMany(Refusal):
    """Tried too often; ``retry_after_s`` says when trying again may help."""

    code = "too_many_requests"
    status = 429

    def __init__(self, message: Message, *, field: str | None = None, retry_after_s: int = 60) -> None:
        super().__init__(message, field=field)
        self.retry_after_s = retry_after_s


class Conflict(Refusal):
    """The state moved on meanwhile, or the same key was used for something else."""

    code = "conflict"
    status = 409


class ManyRefusals(Refusal):
    """Every error of a file at once, each with row, column and reason."""

    code = "many"

    def __init__(self, message: Message, refusals: list["RowRefusal"]) -> None:
        super().__init__(message)
        self.refusals = refusals


class RowRefusal(Refusal):
    """One cell of a file that cannot be taken, with where it stands."""

    code = "row"

    def __init__(self, file: str, row: int, column: str, message: Message) -> None:
        super().__init__(message, field=column)
        self.file = file
        self.row = row
        self.column = column
