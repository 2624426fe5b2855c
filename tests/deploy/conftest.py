"""Real processes with a real database, each ended with the test that started it."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

ROOT = Path(__file__).parents[2]
Start = Callable[..., "subprocess.Popen[bytes]"]


def until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until something is so; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.05)


@pytest.fixture
def environment(engine: Engine, tmp_path: Path) -> dict[str, str]:
    """An installation's environment on the test's own database."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    url = engine.url.render_as_string(hide_password=False)
    return kept | {
        "MODE": "test",
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path / "var"),
        "SECRET_KEY": "tests",
        "SANDBOX_SECRET": "tests",
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Start]:
    """Start ``python -m module arguments``; whatever still runs after the test is killed."""
    started: list[subprocess.Popen[bytes]] = []
    log = (tmp_path / "processes.log").open("ab")

    def begin(module: str, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env=environment | more,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
    log.close()
