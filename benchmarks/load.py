"""A small closed-loop load generator over kept connections, and how much CPU strangers used meanwhile.

As a command: ``python -m benchmarks.load http://127.0.0.1:8000 /search /products/some-slug``.
"""

import argparse
import json
import multiprocessing
import os
import random
import socket
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil

NOISY_PERCENT = 5.0
_OK = frozenset({200, 304})


@dataclass(frozen=True, slots=True)
class Measured:
    """One target under load; latencies in milliseconds, CPU of the servers and their children per request."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    bytes: float
    errors: int
    foreign_percent: float

    @property
    def is_noisy(self) -> bool:
        return self.foreign_percent > NOISY_PERCENT

    def as_json(self) -> dict[str, object]:
        return {key: round(value, 3) for key, value in asdict(self).items()} | {"noisy": self.is_noisy}

    def __str__(self) -> str:
        return (
            f"{self.per_second:8.0f} /s  p50 {self.p50_ms:6.1f}  p99 {self.p99_ms:6.1f} ms  "
            f"CPU {self.cpu_ms:6.2f} ms  {self.bytes / 1000:6.1f} kB  errors {self.errors}  "
            f"foreign {self.foreign_percent:4.1f} %{'  NOISY' if self.is_noisy else ''}"
        )


@dataclass(slots=True)
class _Client:
    """What one connection found."""

    latencies: list[float]
    errors: int = 0
    received: int = 0


def measure(
    base_url: str,
    paths: Sequence[str],
    server_pids: Sequence[int],
    *,
    seconds: float = 5.0,
    connections: int = 4,
    headers: Mapping[str, str] | None = None,
) -> Measured:
    """Ask the paths in random order over several connections for some seconds."""
    address = urlsplit(base_url)
    assert address.hostname in {"127.0.0.1", "localhost", "::1"}, "load stays on this machine"
    requests = [_request(address.netloc, path, headers or {}) for path in paths]
    pipes, children = [], []
    before, own_before, whole_before = cpu_seconds(server_pids), own_seconds(), machine_seconds()
    began = time.monotonic()
    for number in range(connections):
        ours_end, theirs = multiprocessing.Pipe(duplex=False)
        target = (theirs, (address.hostname, address.port or 80), requests, seconds, number)
        child = multiprocessing.Process(target=_client, args=target)
        child.start()
        pipes.append(ours_end)
        children.append(child)
    found: list[_Client] = [pipe.recv() for pipe in pipes]
    for child in children:
        child.join()
    took = time.monotonic() - began
    served = cpu_seconds(server_pids) - before
    foreign = machine_seconds() - whole_before - served - (own_seconds() - own_before)
    latencies = sorted(latency for one in found for latency in one.latencies)
    count = max(1, len(latencies))
    return Measured(
        requests=len(latencies),
        per_second=len(latencies) / seconds,
        p50_ms=statistics.median(latencies) * 1000 if latencies else 0.0,
        p99_ms=latencies[max(0, int(len(latencies) * 0.99) - 1)] * 1000 if latencies else 0.0,
        cpu_ms=served / count * 1000,
        bytes=sum(one.received for one in found) / count,
        errors=sum(one.errors for one in found),
        foreign_percent=max(0.0, foreign) / (took * (os.cpu_count() or 1)) * 100,
    )


def _request(host: str, path: str, headers: Mapping[str, str]) -> bytes:
    target = quote(path, safe="/?&=%+-._~")
    lines = [f"GET {target} HTTP/1.1", f"Host: {host}", "Connection: keep-alive", "Accept-Language: zh-CN"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _client(
    pipe: Connection, address: tuple[str, int], requests: Sequence[bytes], seconds: float, seed: int
) -> None:
    chance, found = random.Random(seed), _Client([])
    stop = time.monotonic() + seconds
    connection = socket.create_connection(address, 10)
    while time.monotonic() < stop:
        began = time.monotonic()
        try:
            connection.sendall(chance.choice(requests))
            status, received = _read_answer(connection)
        except OSError:
            found.errors += 1
            connection.close()
            connection = _reconnect(address)
            continue
        if status in _OK:
            found.latencies.append(time.monotonic() - began)
            found.received += received
        else:
            found.errors += 1
    connection.close()
    pipe.send(found)


def _reconnect(address: tuple[str, int]) -> socket.socket:
    """Connect again; a server that is being restarted gets ten seconds."""
    deadline = time.monotonic() + 10
    while True:
        try:
            return socket.create_connection(address, 10)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _read_answer(connection: socket.socket) -> tuple[int, int]:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(262_144)
        if not piece:
            raise OSError("closed")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
    chunked = any(line.startswith(b"transfer-encoding:") for line in lines)
    received, end = len(body), body[-5:]
    while received < length or (chunked and not end.endswith(b"0\r\n\r\n")):
        piece = connection.recv(262_144)
        if not piece:
            raise OSError("closed")
        received += len(piece)
        end = (end + piece)[-5:]
    return int(head[9:12]), received


def own_seconds() -> float:
    """Return CPU seconds of this process and its clients, those that have ended."""
    return sum(os.times()[:4])


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return CPU seconds that the processes and all below them have used so far, the ended ones too."""
    total = 0.0
    for pid in pids:
        try:
            process = psutil.Process(pid)
            family = [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for one in family:
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system + times.children_user + times.children_system
    return total


def machine_seconds() -> float:
    """Return CPU seconds that the whole machine has used, idle and waiting apart."""
    fields = [int(one) for one in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("base_url", help="where the server listens, on this machine")
    parser.add_argument("paths", nargs="+", help="asked in random order")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--pid", type=int, action="append", default=[], help="a process of the server's own")
    parser.add_argument("--header", action="append", default=[], help="Name: value")
    asked = parser.parse_args()
    headers = dict(one.split(": ", 1) for one in asked.header)
    found = measure(
        asked.base_url,
        asked.paths,
        asked.pid,
        seconds=asked.seconds,
        connections=asked.connections,
        headers=headers,
    )
    print(found)
    print(json.dumps(found.as_json()))


if __name__ == "__main__":
    main()
