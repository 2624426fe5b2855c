"""The report as a table one can read."""

from collections.abc import Iterator, Mapping
from typing import Any

from benchmarks.search.goals import Verdict
from benchmarks.search.requests import Kind

_WIDE = 22


def table(size: int, report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a size: times by kind, warm and cold, then building and memory, then the goals."""
    engines = report["engines"]
    facts = report["corpus"]
    yield f"\n{size:,} products, {facts['vocabulary']:,} words, {facts['tokens_per_product']} a product"
    yield (
        f"{report['agree']} requests answered alike by {', '.join(engines)}; "
        f"strangers used {report['foreign_percent']} % of the machine{' (NOISY)' if report['noisy'] else ''}"
    )
    yield f"understanding what was typed: {_three(report['understanding_us'])} us, the same for all"
    for state in ("warm", "cold"):
        yield ""
        yield f"{state + ', CPU us p50/p95/p99':<28}" + "".join(f"{one:>{_WIDE}}" for one in engines)
        for kind in Kind:
            times = (_three(one["kinds"][kind.value][state]) for one in engines.values())
            yield f"{kind.value:<28}" + "".join(f"{one:>{_WIDE}}" for one in times)
        for group in next(iter(engines.values()))["groups"]:
            times = (_three(one["groups"][group][state]) for one in engines.values())
            yield f"{group.upper():<28}" + "".join(f"{one:>{_WIDE}}" for one in times)
    yield ""
    for name, key in (
        ("products built a CPU second", "products_per_cpu_second"),
        ("peak of building, MB", "build_peak_mb"),
        ("index, MB", "index_mb"),
        ("serving process, MB", "serving_mb"),
    ):
        yield f"{name:<28}" + "".join(f"{one[key]:>{_WIDE},}" for one in engines.values())
    yield ""
    for goal in report["goals"]:
        yield str(Verdict(goal["goal"], goal["wanted"], goal["found"], goal["reached"]))


def _three(found: Mapping[str, float]) -> str:
    return "/".join(_short(found[one]) for one in ("p50", "p95", "p99"))


def _short(microseconds: float) -> str:
    return f"{microseconds:.0f}" if microseconds < 100_000 else f"{microseconds / 1000:.0f}k"
