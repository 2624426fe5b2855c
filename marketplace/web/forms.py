"""Forms: pydantic models validate what people typed; what they typed is never lost.

A view calls ``parse``; a form with errors is rendered again with its values and a sentence in each place.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from flask import g
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.datastructures import MultiDict

from marketplace.kernel.message import Message, msg
from marketplace.kernel.refusals import Refusal, TooMany
from marketplace.web.language import gettext as _
from marketplace.web.language import render

M = TypeVar("M", bound="FormModel")


# Control characters but tab and line ends: nobody types them, and the database takes no NUL.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class FormModel(BaseModel):
    """What a form sends: blanks around are dropped, unknown fields are ignored."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore", frozen=True)


@dataclass(slots=True)
class Form(Generic[M]):
    """A parsed form: ``model`` where it is right, else ``errors`` by field; ``typed`` always."""

    typed: Mapping[str, str | list[str]]
    model: M | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str, default: str = "") -> str:
        """Return what was typed, for the field to show again."""
        typed = self.typed.get(name, default)
        return typed if isinstance(typed, str) else (typed[0] if typed else default)

    def error(self, name: str) -> str | None:
        return self.errors.get(name)

    def refuse(self, refusal: Refusal) -> None:
        """Put a refusal in its place on the form."""
        self.errors[refusal.field or "form"] = render(refusal.message)
        if isinstance(refusal, TooMany):
            g.retry_after_s = refusal.retry_after_s


def blank(**typed: str) -> Form[FormModel]:
    """Return a form not yet sent, with first values."""
    return Form(typed=typed)


def parse(model: type[M], sent: MultiDict[str, str]) -> Form[M]:
    """Validate what was sent; lists are read for fields that are sequences."""
    typed: dict[str, str | list[str]] = {}
    for name, info in model.model_fields.items():
        values = [_UNSEEN.sub("", value) for value in sent.getlist(info.alias or name)]
        is_many = "list" in str(info.annotation) or "tuple" in str(info.annotation)
        if is_many:
            typed[name] = values
        elif values:
            typed[name] = values[-1]
    meant = {
        name: value for name, value in typed.items() if value != "" or model.model_fields[name].is_required()
    }
    try:
        return Form(typed=typed, model=model.model_validate(meant))
    except ValidationError as error:
        errors: dict[str, str] = {}
        for found in error.errors():
            errors.setdefault(str(found["loc"][0]) if found["loc"] else "form", _sentence(found))
        return Form(typed=typed, errors=errors)


def _sentence(found: ErrorDetails) -> str:
    """Say what is wrong in the reader's language, with the bound where there is one."""
    kind = found["type"]
    if kind in {"too_short", "too_long"} and isinstance(found.get("input"), str):
        kind = f"string_{kind}"  # of a text that was brought to its usual form first
    context = found.get("ctx", {})
    refusal = context.get("error")
    if isinstance(refusal, Refusal):
        return render(refusal.message)
    is_empty = not str(found.get("input") or "").strip()
    if kind == "missing" or (kind == "string_too_short" and is_empty):
        return _("请填写这一项。")
    return render(_SENTENCES[kind](context)) if kind in _SENTENCES else _("这一项的格式不对，请检查。")


_WHOLE = msg("请填写整数。")
_DAY = msg("请填写日期，例如 2026-11-23。")
_CHOICE = msg("请从列出的选项中选择。")
_SENTENCES: Mapping[str, Callable[[Mapping[str, object]], Message]] = {
    "string_too_short": lambda context: msg("至少要 %(count)s 个字。", count=context["min_length"]),
    "string_too_long": lambda context: msg("最多 %(count)s 个字。", count=context["max_length"]),
    "greater_than_equal": lambda context: msg("不能小于 %(bound)s。", bound=context["ge"]),
    "greater_than": lambda context: msg("要大于 %(bound)s。", bound=context["gt"]),
    "less_than_equal": lambda context: msg("不能大于 %(bound)s。", bound=context["le"]),
    "int_parsing": lambda _context: _WHOLE,
    "int_type": lambda _context: _WHOLE,
    "int_from_float": lambda _context: _WHOLE,
    "date_parsing": lambda _context: _DAY,
    "date_type": lambda _context: _DAY,
    "date_from_datetime_parsing": lambda _context: _DAY,
    "enum": lambda _context: _CHOICE,
    "literal_error": lambda _context: _CHOICE,
}
