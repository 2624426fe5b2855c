"""make run's own work, on an empty directory and again: everything comes up, and nothing is left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

from tests.deploy.conftest import ROOT, until

READY = 120  # a machine that runs other tests beside is slow to start


class Installation:
    """``flask serve`` on a data directory of its own, as a terminal starts it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        kept = {"PATH", "HOME", "LANG", "TMPDIR"}
        self.environment = {name: value for name, value in os.environ.items() if name in kept} | {
            "DATA_DIR": str(directory / "var"),
            "PORT": str(self.port),
            "FLASK_APP": "marketplace.factory:create_app",
            "PYTHONPATH": str(ROOT),
        }
        self.output = directory / "terminal.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start and wait until it serves; returns how long that took."""
        began = time.monotonic()
        with self.output.open("wb") as terminal:
            self.process = subprocess.Popen(
                self.command, env=self.environment, cwd=self.directory, stdout=terminal, stderr=terminal
            )
        until(lambda: self.ended or "Ctrl-C" in self.said, READY, "it serves")
        assert not self.ended, self.said
        return time.monotonic() - began

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "flask", "serve", "--no-seed"]

    @property
    def said(self) -> str:
        return self.output.read_text()

    @property
    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def processes(self) -> list[psutil.Process]:
        """Return every process of this installation, wherever it hangs: web, worker, database."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = str(self.directory) in " ".join(process.cmdline()) or (
                    process.environ().get("DATA_DIR") == self.environment["DATA_DIR"]
                )
            except psutil.Error:
                continue
            if ours and process.pid != os.getpid():
                found.append(process)
        return found

    def page(self, path: str = "/") -> str:
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return str(answer.read().decode())

    def stop(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.send_signal(signal.SIGINT)
        made.process.wait(60)
    for left in made.processes():
        left.kill()


def test_an_empty_directory_becomes_a_marketplace_and_nothing_is_left_running(
    installation: Installation,
) -> None:
    installation.start()
    assert "商品：213行，改动213行" in installation.said
    assert "黔货入粤" in installation.page()
    names = {process.name() for process in installation.processes()}
    assert "postgres" in names

    busy = subprocess.run(
        installation.command,
        env=installation.environment | {"DATA_DIR": str(installation.directory / "other")},
        cwd=installation.directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=READY,
    )
    assert busy.returncode == 1
    assert f"端口 {installation.port} 不能用" in busy.stderr
    assert "Traceback" not in busy.stderr

    victims = [
        one
        for process in installation.processes()
        if " web " in " ".join(process.cmdline())
        for one in process.children()
        if "python" in one.name()
    ]
    assert victims
    victims[0].kill()
    until(lambda: "黔货入粤" in _or_nothing(installation), 30, "it serves after a web process was killed")

    assert installation.stop(signal.SIGINT) == 0
    until(lambda: not installation.processes(), 20, "every process is gone, the database too")
    assert '"event": "request"' not in installation.said
    assert '"event": "request"' in (installation.directory / "var/log/web.log").read_text()

    installation.start()
    assert "商品" not in installation.said
    assert installation.stop(signal.SIGTERM) == 0
    until(lambda: not installation.processes(), 20, "every process is gone, the database too")


def _or_nothing(installation: Installation) -> str:
    try:
        return installation.page()
    except OSError:
        return ""
