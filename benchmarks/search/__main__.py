"""python -m benchmarks.search: the search beside its rivals, one JSON of ratios, goals reached or missed."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.installation import DIRECTORY
from benchmarks.search import report
from benchmarks.search.judged import figures
from benchmarks.search.measuring import measure
from benchmarks.search.requests import PER_KIND
from benchmarks.search.worker import ENGINES, Place
from benchmarks.writing import write

NAIVE_MOST = 100_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--sizes", default="10000,100000", help="numbers of products, with commas between")
    parser.add_argument("--engines", default=",".join(ENGINES), help="with commas between")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--corpora", type=Path, default=DIRECTORY / "corpora", help="where files are kept")
    asked = parser.parse_args()
    sizes = [int(one) for one in asked.sizes.split(",")]
    began = datetime.now(UTC)
    found = run(sizes, asked.engines.split(","), asked.corpora, rounds=asked.rounds)
    write("search", began, {"search": found})
    return 0 if all(reached(found)) else 1


def run(
    sizes: Sequence[int],
    engines: Sequence[str],
    corpora: Path,
    *,
    rounds: int,
    naive_most: int = NAIVE_MOST,
) -> dict[str, Any]:
    """Measure every size and print the tables; naive Whoosh is spared sizes above a bound."""
    found: dict[str, Any] = {}
    for size in sizes:
        able = [one for one in engines if one != "naive" or size <= naive_most]
        found[str(size)] = measure(Place(corpora.resolve(), size, PER_KIND), able, rounds=rounds)
        print("\n".join(report.table(size, found[str(size)])), flush=True)
    quality = figures()
    print("\nfinding: " + "; ".join(f"{name} {_said(one)}" for name, one in quality.items()))
    return {"rounds": rounds, "sizes": found, "quality": quality}


def reached(found: dict[str, Any]) -> list[bool]:
    """Return for each goal whether it was reached."""
    return [bool(goal["reached"]) for one in found["sizes"].values() for goal in one["goals"]]


def _said(quality: dict[str, Any]) -> str:
    return f"{quality['queries']} queries, nDCG@10 {quality['ndcg@10']}, success@1 {quality['success@1']}"


if __name__ == "__main__":
    raise SystemExit(main())
