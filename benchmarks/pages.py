"""Pages beside the bare page, one after another in rounds: whatever the machine does strikes all alike."""

import random
import statistics
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from benchmarks.installation import Installation, Server, served
from benchmarks.load import Measured, measure
from marketplace.cli.web import WEB_APP

Page = dict[str, Any]
BARE = "bare"
_PORTS = {"bare": 8141, "uncached": 8142, "cached": 8143}
_REPEATED = 40
"""So many pages are asked again and again of the cache: each worker renders each of them once a minute."""

_WORDS = ("猕猴桃", "茶", "刺梨", "大米", "辣椒", "竹荪", "酸汤", "天麻", "牛肉", "蜂蜜")
_GOALS = {"list": 0.4, "product": 0.4, "search": 0.4, "cached list": 3.0, "cached product": 3.0}


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked of which server."""

    name: str
    server: Server
    paths: Sequence[str]


def run(made: Installation, *, rounds: int, seconds: float) -> dict[str, Page]:
    """Measure every page in every round; ratios are to the bare page of the same round."""
    with ExitStack() as stack:
        up = {
            "bare": stack.enter_context(served(made, "bare", _PORTS["bare"], "benchmarks.bare:create_app")),
            "uncached": stack.enter_context(
                served(made, "uncached", _PORTS["uncached"], WEB_APP, PAGE_CACHE="off")
            ),
            "cached": stack.enter_context(served(made, "cached", _PORTS["cached"], WEB_APP, PAGE_CACHE="on")),
        }
        targets = _targets(made, up)
        for target in targets:
            _measure(made, target, seconds=1.0)
        found: dict[str, list[Measured]] = {target.name: [] for target in targets}
        for number in range(1, rounds + 1):
            print(f"round {number} of {rounds}", flush=True)
            for target in targets:
                one = _measure(made, target, seconds=seconds)
                found[target.name].append(one)
                print(f"  {target.name:<16} {one}", flush=True)
    return _summary(found)


def _measure(made: Installation, target: Target, *, seconds: float) -> Measured:
    return measure(target.server.url, target.paths, [target.server.pid, made.postgres_pid], seconds=seconds)


def _targets(made: Installation, up: Mapping[str, Server]) -> list[Target]:
    chance = random.Random(2022)
    slugs = [
        str(row[0])
        for row in made.rows("SELECT slug FROM catalogue_product WHERE status = 'listed' ORDER BY number")
    ]
    aisles = [str(row[0]) for row in made.rows("SELECT code FROM catalogue_aisle ORDER BY order_no")]
    prefectures = [
        str(row[0])
        for row in made.rows(
            "SELECT code FROM places_division WHERE side = 'guizhou' AND level = 'prefecture' ORDER BY code"
        )
    ]
    lists = [f"/aisles/{aisle}?page={page}" for aisle in aisles for page in range(1, 4)]
    products = [f"/products/{slug}" for slug in chance.sample(slugs, 200)]
    searches = [
        f"/search?q={word}&{filters}"
        for word in _WORDS
        for filters in (
            "in_stock=1",
            f"prefecture={chance.choice(prefectures)}",
            "in_season=1&sort=price_asc",
        )
    ]
    return [
        Target(BARE, up["bare"], ["/cards"]),
        Target("list", up["uncached"], lists),
        Target("product", up["uncached"], products),
        Target("search", up["uncached"], searches),
        Target("home", up["uncached"], ["/"]),
        Target("cached list", up["cached"], lists),
        Target("cached product", up["cached"], products[:_REPEATED]),
    ]


def _summary(found: Mapping[str, Sequence[Measured]]) -> dict[str, Page]:
    bare = [one.per_second for one in found[BARE]]
    pages: dict[str, Page] = {}
    for name, measured in found.items():
        ratios = [one.per_second / of for one, of in zip(measured, bare, strict=True)]
        middle = sorted(measured, key=lambda one: one.per_second)[len(measured) // 2]
        goal = _GOALS.get(name)
        pages[name] = middle.as_json() | {
            "ratio": round(statistics.median(ratios), 3),
            "ratios": [round(one, 3) for one in ratios],
            "goal": goal,
            "reached": None if goal is None else statistics.median(ratios) >= goal,
            "noisy_rounds": sum(one.is_noisy for one in measured),
        }
    return pages
