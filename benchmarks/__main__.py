"""python -m benchmarks: measure the pages, write one JSON with ratios, say which goals are reached."""

import argparse
import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import pages
from benchmarks.installation import PRODUCTS, WORKERS, installed

RESULTS = Path(__file__).parent / "results"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each page in each round")
    asked = parser.parse_args()
    with installed() as made:
        found = pages.run(made, rounds=asked.rounds, seconds=asked.seconds)
    began = datetime.now(UTC)
    report = {
        "at": began.isoformat(timespec="seconds"),
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
        "products": PRODUCTS,
        "workers": WORKERS,
        "rounds": asked.rounds,
        "seconds": asked.seconds,
        "pages": found,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"pages-{began:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    print()
    for name, page in found.items():
        goal = (
            ""
            if page["goal"] is None
            else f"goal {page['goal']:.2f}  {'reached' if page['reached'] else 'MISSED'}"
        )
        noisy = f"  {page['noisy_rounds']} of {asked.rounds} rounds noisy" if page["noisy_rounds"] else ""
        print(f"{name:<16} {page['per_second']:8.0f} /s  {page['ratio']:5.2f} of bare  {goal}{noisy}")
    print(f"\n{os.path.relpath(path)}")
    return 0 if all(page["reached"] is not False for page in found.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
