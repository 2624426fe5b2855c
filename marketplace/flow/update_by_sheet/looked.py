"""What a look at a file found: the part that its page shows, and all of it for the result sheet.

A small file is looked at whenever somebody asks. Of a large one a job keeps what it found beside the file, as
JSON: words stay words of no language, to be put into the reader's.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from marketplace.flow.update_by_sheet.types import Change, Mend, Plan, Problem, Shown, Skipped, Step
from marketplace.kernel.message import Message, Name
from marketplace.kernel.spreadsheets import Broken, Cell, Formula
from marketplace.notices.rules import decode, encode

LISTED_MAX = 200
"""So many of each kind a page shows; the result sheet has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The first of each kind of what a look found, and how many there are."""

    digest: str
    changed: int
    unchanged: int
    changes: int
    steps: Sequence[Step]
    problems: Sequence[Problem]
    problems_count: int
    mends: Sequence[Mend]
    mends_count: int
    skipped: Sequence[Skipped]
    skipped_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The sender's rows as they came, which of them change something, and what is wrong with which."""

    head: Sequence[Cell]
    cells: Mapping[int, Sequence[Cell]]
    changing: frozenset[int]
    problems: Sequence[Problem]


def found(plan: Plan) -> Found:
    return Found(
        digest=plan.digest,
        changed=len(plan.steps),
        unchanged=plan.unchanged,
        changes=sum(len(step.changes) for step in plan.steps),
        steps=plan.steps[:LISTED_MAX],
        problems=plan.problems[:LISTED_MAX],
        problems_count=len(plan.problems),
        mends=plan.mends[:LISTED_MAX],
        mends_count=len(plan.mends),
        skipped=plan.reading.skipped[:LISTED_MAX],
        skipped_count=len(plan.reading.skipped),
    )


def outcome(plan: Plan) -> Outcome:
    return Outcome(
        head=plan.reading.head,
        cells=plan.reading.cells,
        changing=frozenset(step.row for step in plan.steps),
        problems=plan.problems,
    )


def pack_found(one: Found) -> bytes:
    return _pack(
        {
            "digest": one.digest,
            "changed": one.changed,
            "unchanged": one.unchanged,
            "changes": one.changes,
            "steps": [
                [
                    step.row,
                    [*map(_put, step.about)],
                    [*map(_put_change, step.changes)],
                ]
                for step in one.steps
            ],
            "problems": _put_problems(one.problems),
            "problems_count": one.problems_count,
            "mends": [[each.row, each.column, each.before, _put(each.after)] for each in one.mends],
            "mends_count": one.mends_count,
            "skipped": [[each.row, _put(each.reason)] for each in one.skipped],
            "skipped_count": one.skipped_count,
        }
    )


def unpack_found(packed: bytes) -> Found:
    kept = _unpack(packed)
    steps = [
        Step(row=row, about=tuple(map(_take, about)), changes=tuple(map(_take_change, changes)))
        for row, about, changes in kept.pop("steps")
    ]
    mends = [
        Mend(row=row, column=column, before=before, after=_take(after))
        for row, column, before, after in kept.pop("mends")
    ]
    skipped = [Skipped(row=row, reason=_message(reason)) for row, reason in kept.pop("skipped")]
    problems = _take_problems(kept.pop("problems"))
    return Found(steps=steps, mends=mends, skipped=skipped, problems=problems, **kept)


def pack_outcome(one: Outcome) -> bytes:
    return _pack(
        {
            "head": [*map(_put_cell, one.head)],
            "cells": [[row, [*map(_put_cell, cells)]] for row, cells in one.cells.items()],
            "changing": sorted(one.changing),
            "problems": _put_problems(one.problems),
        }
    )


def unpack_outcome(packed: bytes) -> Outcome:
    kept = _unpack(packed)
    return Outcome(
        head=tuple(map(_take_cell, kept["head"])),
        cells={row: tuple(map(_take_cell, cells)) for row, cells in kept["cells"]},
        changing=frozenset(kept["changing"]),
        problems=_take_problems(kept["problems"]),
    )


def put_message(message: Message) -> dict[str, Any]:
    return cast("dict[str, Any]", _put(message))


def take_message(kept: Mapping[str, Any]) -> Message:
    return _message(kept)


def _pack(kept: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode())


def _unpack(packed: bytes) -> dict[str, Any]:
    return cast("dict[str, Any]", json.loads(zlib.decompress(packed)))


def _put_change(change: Change) -> list[Any]:
    return [_put(one) for one in (change.what, change.before, change.after)]


def _take_change(kept: Sequence[Any]) -> Change:
    what, before, after = map(_take, kept)
    return Change(what=cast("Name", what), before=before, after=after)


def _put_problems(problems: Sequence[Problem]) -> list[list[Any]]:
    return [[one.row, one.column, _put(one.reason)] for one in problems]


def _take_problems(kept: Sequence[Sequence[Any]]) -> list[Problem]:
    return [Problem(row=row, column=column, reason=_message(reason)) for row, column, reason in kept]


def _put(value: Shown) -> Any:
    if isinstance(value, tuple) and not isinstance(value, Name):
        return {"names": [list(one) for one in value]}
    return encode({"it": value})["it"]


def _take(kept: Any) -> Shown:
    if isinstance(kept, dict) and "names" in kept:
        return tuple(Name(*one) for one in kept["names"])
    return cast("Shown", decode({"it": kept})["it"])


def _message(kept: Any) -> Message:
    return cast("Message", _take(kept))


def _put_cell(cell: Cell) -> Any:
    if isinstance(cell, Formula):
        return {"formula": cell.text}
    if isinstance(cell, Broken):
        return {"broken": cell.text}
    return {"day": cell.isoformat()} if isinstance(cell, date) else cell


def _take_cell(kept: Any) -> Cell:
    if not isinstance(kept, dict):
        return cast("Cell", kept)
    if "day" in kept:
        return date.fromisoformat(kept["day"])
    return Formula(kept["formula"]) if "formula" in kept else Broken(kept["broken"])
