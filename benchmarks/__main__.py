"""python -m benchmarks: measure pages, servers, the supply side and search; one JSON of ratios and goals."""

import argparse
from datetime import UTC, datetime
from typing import Any

from benchmarks import pages, servers, suggestions, supply
from benchmarks.installation import DIRECTORY, PRODUCTS, WORKERS, installed
from benchmarks.search import __main__ as search
from benchmarks.search.worker import ENGINES
from benchmarks.writing import write

_SEARCH_SIZES = (10_000, 100_000)  # naive Whoosh takes a quarter of an hour at the second: it is left out
_PARTS = ("pages", "servers", "supply", "search")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each page in each round")
    parser.add_argument("--products", type=int, default=PRODUCTS, help="in the shop that is measured")
    parser.add_argument(
        "--large", type=int, default=supply.LARGE, help="products in the large shop of supply"
    )
    parser.add_argument("--only", choices=_PARTS, help="the others are left out")
    asked = parser.parse_args()
    parts = (asked.only,) if asked.only else _PARTS
    began = datetime.now(UTC)
    found: dict[str, Any] = {}
    if {"pages", "servers"} & set(parts):
        with installed(asked.products) as made:
            found |= {"products": asked.products, "workers": WORKERS}
            if "pages" in parts:
                found |= {"rounds": asked.rounds, "seconds": asked.seconds}
                found["pages"] = pages.run(made, rounds=asked.rounds, seconds=asked.seconds)
                found["suggestions"] = suggestions.run(made)
            if "servers" in parts:
                found["servers"] = servers.run(made)
    if "supply" in parts:
        found["supply"] = supply.run(rounds=max(asked.rounds, supply.ROUNDS), large=asked.large)
    if "search" in parts:
        found["search"] = search.run(
            _SEARCH_SIZES, tuple(ENGINES), DIRECTORY / "corpora", rounds=1, naive_most=_SEARCH_SIZES[0]
        )
    if "pages" in found:
        _show_pages(found["pages"], found["suggestions"], asked.rounds)
    if "servers" in found:
        print("\n".join(servers.table(found["servers"])))
    if "supply" in found:
        print("\n".join(supply.table(found["supply"])))
    write(asked.only or "all", began, found)
    return 0 if all(_goals(found)) else 1


def _goals(found: dict[str, Any]) -> list[bool]:
    """Return for each goal of what was measured whether it was reached."""
    measured = [*found.get("pages", {}).values(), *filter(None, [found.get("suggestions")])]
    reached = [one["reached"] is not False for one in measured]
    reached += supply.reached(found["supply"]) if "supply" in found else []
    return reached + search.reached(found["search"]) if "search" in found else reached


def _show_pages(found: dict[str, Any], suggested: dict[str, Any], rounds: int) -> None:
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
