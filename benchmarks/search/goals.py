"""What the search is held to, as data: ratios to the rivals of the same run, and figures of its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.search.requests import WITH_FACETS
from benchmarks.search.worker import OWN

ALL = "all"
FACETS = "all facets"
GROUPS: Mapping[str, frozenset[str] | None] = {ALL: None, FACETS: frozenset(WITH_FACETS)}


@dataclass(frozen=True, slots=True)
class Ratio:
    """The search's CPU time is at most this share of a rival's, at these sizes (everywhere where none)."""

    rival: str
    at_most: float
    state: str = "warm"
    quantile: str = "p50"
    group: str = ALL
    sizes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the search itself, by its path in the report."""

    name: str
    path: tuple[str, ...]
    at_most: float
    unit: str
    sizes: tuple[int, ...] = ()


_HUNDRED_THOUSAND = (100_000,)
_MILLION = (1_000_000,)
RATIOS = (
    Ratio("tantivy", 0.7),
    Ratio("tantivy", 1.0, quantile="p95"),
    Ratio("tantivy", 3.5, state="cold", quantile="p95"),
    Ratio("tantivy", 0.8, group=FACETS),
    Ratio("tantivy", 0.8, quantile="p95", group=FACETS),
    *(
        Ratio(rival, 1 / times, quantile=quantile, group=group, sizes=_HUNDRED_THOUSAND)
        for rival in ("fts5", "postgresql")
        for group in (ALL, FACETS)
        for quantile, times in (("p50", 15), ("p95", 50))
    ),
    Ratio("naive", 1 / 300, sizes=_HUNDRED_THOUSAND),
    Ratio("naive", 1 / 300, quantile="p95", sizes=_HUNDRED_THOUSAND),
)
FIGURES = (
    Figure("refresh after a text change", ("text", "refresh_cpu_ms"), 50, "ms CPU", _HUNDRED_THOUSAND),
    Figure(
        "refresh after an attribute change", ("attribute", "refresh_cpu_ms"), 50, "ms CPU", _HUNDRED_THOUSAND
    ),
    Figure("attribute change visible", ("attribute", "visible_seconds"), 1, "s", _MILLION),
    Figure("text change visible", ("text", "visible_seconds"), 2, "s", _MILLION),
    Figure("memory while serving", ("serving_mb",), 1_500, "MB", _MILLION),
)
BUILD_SHARE = 1 / 8  # of tantivy's products per CPU second


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal held against what was measured."""

    goal: str
    wanted: str
    found: str
    reached: bool

    def __str__(self) -> str:
        return (
            f"{self.goal:<58} {self.found:>14}  {self.wanted:<22} {'reached' if self.reached else 'MISSED'}"
        )


def judge(size: int, engines: Mapping[str, Any]) -> Iterator[Verdict]:
    """Yield a verdict on every goal that this size and these engines can answer."""
    own = engines.get(OWN)
    if own is None:
        return
    for ratio in RATIOS:
        rival = engines.get(ratio.rival)
        if rival is not None and (not ratio.sizes or size in ratio.sizes):
            found = (
                own["groups"][ratio.group][ratio.state][ratio.quantile]
                / rival["groups"][ratio.group][ratio.state][ratio.quantile]
            )
            name = f"{ratio.rival}, {ratio.group}, {ratio.state} {ratio.quantile}"
            wanted = _share(ratio.at_most)
            yield Verdict(name, f"at most {wanted}", _share(found), found <= ratio.at_most)
    if "tantivy" in engines:
        found = own["products_per_cpu_second"] / engines["tantivy"]["products_per_cpu_second"]
        yield Verdict("tantivy, build", "at least 1/8", _share(found), found >= BUILD_SHARE)
    for figure in FIGURES:
        value: Any = own
        for key in figure.path:
            value = value.get(key) if value is not None else None
        if value is not None and (not figure.sizes or size in figure.sizes):
            wanted = f"at most {figure.at_most:g} {figure.unit}"
            yield Verdict(figure.name, wanted, f"{value:.3g} {figure.unit}", value <= figure.at_most)


def _share(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio > 0.2 else f"1/{1 / ratio:.0f}"
