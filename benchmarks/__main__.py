"""python -m benchmarks: measure pages and search, write JSON with ratios, say which goals are reached."""

import argparse
import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import pages, suggestions
from benchmarks.installation import DIRECTORY, PRODUCTS, WORKERS, installed
from benchmarks.search import __main__ as search
from benchmarks.search.worker import ENGINES

RESULTS = Path(__file__).parent / "results"
_SEARCH_SIZES = (10_000, 100_000)  # naive Whoosh takes a quarter of an hour at the second: it is left out


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each page in each round")
    parser.add_argument("--products", type=int, default=PRODUCTS, help="in the shop that is measured")
    parser.add_argument("--only", choices=("pages", "search"), help="the other is left out")
    asked = parser.parse_args()
    reached = True
    if asked.only != "search":
        reached = _pages(asked.products, asked.rounds, asked.seconds)
    if asked.only != "pages":
        corpora = DIRECTORY / "search"
        found = search.run(_SEARCH_SIZES, tuple(ENGINES), corpora, rounds=1, naive_most=_SEARCH_SIZES[0])
        reached &= all(goal["reached"] for one in found.values() for goal in one["goals"])
    return 0 if reached else 1


def _pages(products: int, rounds: int, seconds: float) -> bool:
    """Measure the pages of a shop with so many products; returns whether every goal is reached."""
    with installed(products) as made:
        found = pages.run(made, rounds=rounds, seconds=seconds)
        suggested = suggestions.run(made)
    began = datetime.now(UTC)
    report = {
        "at": began.isoformat(timespec="seconds"),
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
        "products": products,
        "workers": WORKERS,
        "rounds": rounds,
        "seconds": seconds,
        "pages": found,
        "suggestions": suggested,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"pages-{products}-{began:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    _show(found, suggested, rounds)
    print(f"\n{os.path.relpath(path)}")
    return all(page["reached"] is not False for page in (*found.values(), suggested))


def _show(found: dict[str, Any], suggested: dict[str, Any], rounds: int) -> None:
    print()
    for name, page in found.items():
        goal = (
            ""
            if page["goal"] is None
            else f"goal {page['goal']:.2f}  {'reached' if page['reached'] else 'MISSED'}"
        )
        noisy = f"  {page['noisy_rounds']} of {rounds} rounds noisy" if page["noisy_rounds"] else ""
        print(f"{name:<16} {page['per_second']:8.0f} /s  {page['ratio']:5.2f} of bare  {goal}{noisy}")
    print(
        f"{'suggestions':<16} CPU p50 {suggested['p50_cpu_ms']} p99 {suggested['p99_cpu_ms']} ms  "
        f"goal under {suggested['goal']:g}  {'reached' if suggested['reached'] else 'MISSED'}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
