"""People find what they mean: queries that people graded, on the real engine over the whole catalogue."""

from pathlib import Path

from benchmarks.search.quality import Quality, measure, read_judged
from tests.search_quality.conftest import Searched

HERE = Path(__file__).parent


def told(quality: Quality) -> str:
    """Name what is found badly, for whoever reads a failure."""
    lines = [f"nDCG@10 {quality.ndcg:.4f}, success@1 {quality.success:.4f}"]
    lines += [f"{kind}: {part.ndcg:.3f}" for kind, part in quality.by_kind().items()]
    lines += [f"{one.ndcg:.2f} {one.judged.query} → {', '.join(one.shown[:5])}" for one in quality.worst()]
    return "\n".join(lines)


def test_judged_queries_find_what_was_meant(searched: Searched) -> None:
    quality = measure(searched, read_judged(HERE / "judged.csv"))
    print(told(quality))
    assert quality.ndcg >= 0.95, told(quality)
    assert quality.success >= 0.95, told(quality)
