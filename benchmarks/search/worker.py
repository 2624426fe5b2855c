"""A process for one engine: what it uses and how large it grows is its own and nobody else's."""

import gc
import multiprocessing
import pickle
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from benchmarks.search.corpus import Corpus, corpus
from benchmarks.search.engines.base import Answer, Engine
from benchmarks.search.requests import Ask, Asked, draw

OWN = "own"
ENGINES = {
    OWN: "own:Own",
    "tantivy": "tantivy_engine:Tantivy",
    "fts5": "fts5:Fts5",
    "postgresql": "postgres:Postgres",
    "naive": "naive_whoosh:NaiveWhoosh",
}
_CONTEXT = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Place:
    """Where corpora and indexes are, and how many products and requests of a kind are meant."""

    directory: Path
    size: int
    per_kind: int

    def corpus(self) -> Corpus:
        return corpus(self.directory, self.size)

    def index(self, engine: str) -> Path:
        return self.corpus().directory / f"index-{engine}"

    def asked(self) -> Asked:
        """Return the requests, drawn once and kept beside the corpus."""
        path = self.corpus().directory / f"requests-{self.per_kind}.pickle"
        if not path.exists():
            path.write_bytes(pickle.dumps(draw(self.corpus(), self.per_kind)))
        found: Asked = pickle.loads(path.read_bytes())
        return found


def make(engine: str) -> Engine:
    module, _, name = ENGINES[engine].partition(":")
    made: Engine = getattr(import_module(f"benchmarks.search.engines.{module}"), name)()
    return made


class Worker:
    """The other end of an engine's process; closed with the block."""

    def __init__(self, engine: str, place: Place, index: Path | None = None) -> None:
        """Start the process of an engine over its index, or over another one."""
        self.engine = engine
        self._pipe, theirs = _CONTEXT.Pipe()
        where = index or place.index(engine)
        self._process = _CONTEXT.Process(target=_work, args=(theirs, engine, place, where))
        self._process.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.is_alive():
            self._pipe.send(("stop", ()))
            self._process.join(60)
        self._process.terminate()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def build(self) -> dict[str, float]:
        """Build the index; returns CPU seconds and the peak of memory in MB."""
        found: dict[str, float] = self._ask("build")
        return found

    def open(self) -> dict[str, Any]:
        """Open the index and wake the process with a request of each kind; returns what that took."""
        found: dict[str, Any] = self._ask("open")
        return found

    def times(self, numbers: Sequence[int]) -> list[float]:
        """Return CPU microseconds of the requests with these numbers."""
        found: list[float] = self._ask("times", list(numbers))
        return found

    def answers(self, numbers: Sequence[int]) -> list[Answer]:
        found: list[Answer] = self._ask("answers", list(numbers))
        return found

    def memory_mb(self) -> float:
        found: float = self._ask("memory")
        return found

    def call(self, name: str, *arguments: Any) -> Any:
        """Run a measure that the engine has of its own."""
        return self._ask("call", name, *arguments)

    def _ask(self, what: str, *arguments: Any) -> Any:
        self._pipe.send((what, arguments))
        is_good, answer = self._pipe.recv()
        if not is_good:
            raise SystemExit(f"{self.engine}: {answer}")
        return answer


def _work(pipe: Connection, engine: str, place: Place, index: Path) -> None:
    bench = _Bench(make(engine), place, index)
    while True:
        what, arguments = pipe.recv()
        if what == "stop":
            bench.close()
            return
        try:
            pipe.send((True, getattr(bench, what)(*arguments)))
        except Exception as error:
            pipe.send((False, repr(error)))
            raise


class _Bench:
    """What a worker does when it is asked to."""

    def __init__(self, engine: Engine, place: Place, index: Path) -> None:
        self._engine = engine
        self._of = place.corpus()
        self._index = index
        self._place = place
        self._asks: tuple[Ask, ...] = ()
        self._is_open = False

    def build(self) -> dict[str, float]:
        used = self._engine.build(self._of, self._index)
        status = Path("/proc/self/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return {"cpu_seconds": used, "peak_mb": int(peak.split()[1]) / 1000}

    def open(self) -> dict[str, Any]:
        asked = self._place.asked()
        self._asks = asked.asks
        began, wall = time.process_time(), time.monotonic()
        self._engine.open(self._of, self._index)
        took, waited = time.process_time() - began, time.monotonic() - wall
        self._is_open = True
        for ask in asked.first:
            self._engine.ask(ask)
        gc.collect()
        gc.freeze()
        return {"cpu_seconds": took, "seconds": waited}

    def times(self, numbers: list[int]) -> list[float]:
        engine, found = self._engine, []
        for number in numbers:
            ask = self._asks[number]
            began = engine.cpu_ns()
            engine.ask(ask)
            found.append((engine.cpu_ns() - began) / 1000)
        return found

    def answers(self, numbers: list[int]) -> list[Answer]:
        return [self._engine.read(self._engine.ask(self._asks[number])) for number in numbers]

    def memory(self) -> float:
        return float(psutil.Process().memory_info().rss / 1e6)

    def call(self, name: str, *arguments: Any) -> Any:
        return getattr(self._engine, name)(*arguments)

    def close(self) -> None:
        if self._is_open:
            self._engine.close()
