"""The processes that flask serve keeps running: their lines go into files, errors also to the terminal."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

LOG_BYTES = 10 * 2**20
_KEPT_LOGS = 3
_PIECE = 65_536
_TOLD_AT_ONCE, _TELL_AGAIN_SECONDS = 10, 30.0
_LOUD = (b'"level": "error"', b'"level": "critical"')
_PARENT_DIED = 1  # PR_SET_PDEATHSIG of prctl(2)
_C = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class Log:
    """A file of one child's lines, bounded by size: older parts are kept as .1 to .3."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._tell = tell
        self._file = path.open("ab")
        self._told: list[float] = []

    def follow(self, stream: IO[bytes]) -> None:
        """Write everything that comes until the other end is closed."""
        rest = b""
        while piece := os.read(stream.fileno(), _PIECE):
            lines = (rest + piece).split(b"\n")
            rest = lines.pop()
            self._write(lines)
        self._write([rest] if rest else [])
        self._file.flush()

    def _write(self, lines: Sequence[bytes]) -> None:
        if not lines:
            return
        if self._file.tell() > LOG_BYTES:
            self._turn()
        self._file.write(b"\n".join(lines) + b"\n")
        self._file.flush()
        for line in lines:
            text = _loud(line)
            if text:
                self._say(text)

    def _turn(self) -> None:
        self._file.close()
        for number in range(_KEPT_LOGS, 0, -1):
            older = self._path if number == 1 else self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))
        self._file = self._path.open("ab")

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def _say(self, text: str) -> None:
        """Tell the terminal, but never flood it."""
        now = time.monotonic()
        self._told = [one for one in self._told if now - one < _TELL_AGAIN_SECONDS]
        if len(self._told) > _TOLD_AT_ONCE:
            return
        self._told.append(now)
        where = os.path.relpath(self._path)
        self._tell(text if len(self._told) <= _TOLD_AT_ONCE else f"… {where}")


def _loud(line: bytes) -> str:
    """Return what the terminal should hear of a line: errors in short, and what is no structured line."""
    if not line.strip():
        return ""
    if not line.startswith(b"{"):
        return line.decode(errors="replace")
    if not any(mark in line for mark in _LOUD):
        return ""
    try:
        found = json.loads(line)
    except ValueError:
        return line.decode(errors="replace")
    reason = str(found.get("exception", "")).rstrip().rpartition("\n")[2]
    request = f"  [{found['request_id']}]" if "request_id" in found else ""
    return f"{found.get('event', '')}: {reason}{request}"


class Child:
    """One process with all below it; it ends with this one, even where this one is killed."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self.started_at = 0.0

    def start(self, log: Log | None) -> None:
        """Start; without a log the lines go where this process's own go."""
        output = None if log is None else subprocess.PIPE
        self._process = subprocess.Popen(  # noqa: S603 - our own commands
            self._command,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=None if log is None else subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent if _C else None,  # noqa: PLW1509 - one system call, no Python lock
        )
        self.started_at = time.monotonic()
        if log is not None:
            stream = self._process.stdout
            assert stream is not None
            self._reader = threading.Thread(target=log.follow, args=(stream,), daemon=True)
            self._reader.start()

    @property
    def status(self) -> int | None:
        """Return how the process ended; None while it runs."""
        return None if self._process is None else self._process.poll()

    def tell_to_stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def wait(self, seconds: float) -> None:
        """Wait for the end; whatever is left of the process and its own children after that is killed."""
        if self._process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._reader is not None:
            self._reader.join(2)


def _end_with_parent() -> None:
    """Ask Linux to end this process when the one that started it dies, however that happens."""
    assert _C is not None
    _C.prctl(_PARENT_DIED, signal.SIGTERM)
