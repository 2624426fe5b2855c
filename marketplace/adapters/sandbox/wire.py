"""Stripe's wire as the sandbox speaks it: nested form fields in, JSON out, errors in Stripe's words."""

import hashlib
import re
from typing import Any
from urllib.parse import parse_qsl

from marketplace.payment.port import WireAnswer

_NAME = re.compile(r"(?P<head>[a-z_]+)(?P<rest>(?:\[[A-Za-z0-9_]*\])*)")
_PART = re.compile(r"\[([A-Za-z0-9_]*)\]")

Fields = dict[str, Any]


class WireError(Exception):
    """A no in Stripe's shape."""

    def __init__(
        self, message: str, *, code: str = "", param: str | None = None, kind: str = "invalid_request_error"
    ) -> None:
        super().__init__(message)
        self.answer = WireAnswer(
            status={"idempotency_error": 400, "authentication_error": 401}.get(kind, 400),
            body={"error": {"type": kind, "code": code or None, "param": param, "message": message}},
        )


class MissingError(WireError):
    def __init__(self, what: str, subject: str) -> None:
        super().__init__(f"No such {what}: '{subject}'", code="resource_missing", param=what)
        self.answer = WireAnswer(404, self.answer.body)


def fields_of(body: bytes) -> Fields:
    """Read ``a[b][0][c]=d`` as nested dictionaries and lists. Raises ``WireError`` on anything malformed."""
    tree: Fields = {}
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body))
    except ValueError as error:
        raise WireError("Invalid request body.") from error
    for name, value in pairs:
        found = _NAME.fullmatch(name)
        if found is None:
            raise WireError(f"Invalid parameter name: {name}", param=name)
        _put(tree, [found["head"], *_PART.findall(found["rest"])], value, name)
    return {key: _listed(value) for key, value in tree.items()}


def digest_of(method: str, path: str, body: bytes) -> str:
    """Digest a request, to notice an idempotency key used for something else."""
    return hashlib.sha256(f"{method} {path}\n".encode() + body).hexdigest()


def _put(tree: Fields, path: list[str], value: str, name: str) -> None:
    for step in path[:-1]:
        tree = tree.setdefault(step, {})
        if not isinstance(tree, dict):
            raise WireError(f"Invalid parameter: {name}", param=name)
    if path[-1] in tree:
        raise WireError(f"Received {name} twice.", param=name)
    tree[path[-1]] = value


def _listed(value: Any) -> Any:
    """Turn dictionaries numbered from zero into lists."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(one) for key, one in value.items()}
    if inner and list(inner) == [str(number) for number in range(len(inner))]:
        return list(inner.values())
    return inner
