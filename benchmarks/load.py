"""A small closed-loop load generator over kept connections, and how much CPU strangers used meanwhile."""

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
from urllib.parse import urlsplit

import psutil

NOISY_PERCENT = 5.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One target under load; latencies in milliseconds, CPU of the server's whole tree per request."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    errors: int
    foreign_percent: float

    @property
    def is_noisy(self) -> bool:
        return self.foreign_percent > NOISY_PERCENT

    def as_json(self) -> dict[str, object]:
        return {key: round(value, 3) for key, value in asdict(self).items()} | {"noisy": self.is_noisy}


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
    requests = [_request(address.netloc, path, headers or {}) for path in paths]
    assert address.hostname in {"127.0.0.1", "localhost", "::1"}, "load stays on this machine"
    ours = {*_tree(server_pids), os.getpid()}
    before, whole_before = _cpu(ours), _whole()
    pipes, children = [], []
    for number in range(connections):
        ours_end, theirs = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.Process(
            target=_client, args=(theirs, address.hostname, address.port or 80, requests, seconds, number)
        )
        child.start()
        pipes.append(ours_end)
        children.append(child)
    began = time.monotonic()
    found = [pipe.recv() for pipe in pipes]
    took = time.monotonic() - began
    clients = sum(used for _, _, used in found)
    for child in children:
        child.join()
    served, whole = _cpu(ours) - before, _whole() - whole_before
    latencies = sorted(latency for part, _, _ in found for latency in part)
    foreign = max(0.0, whole - served - clients) / (took * (os.cpu_count() or 1)) * 100
    count = max(1, len(latencies))
    return Measured(
        requests=len(latencies),
        per_second=len(latencies) / took,
        p50_ms=statistics.median(latencies) * 1000 if latencies else 0.0,
        p99_ms=latencies[int(len(latencies) * 0.99) - 1] * 1000 if latencies else 0.0,
        cpu_ms=served / count * 1000,
        errors=sum(errors for _, errors, _ in found),
        foreign_percent=foreign,
    )


def _request(host: str, path: str, headers: Mapping[str, str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: keep-alive", "Accept-Language: zh-CN"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _client(
    pipe: Connection, host: str, port: int, requests: Sequence[bytes], seconds: float, seed: int
) -> None:
    chance = random.Random(seed)
    latencies: list[float] = []
    errors = 0
    stop = time.monotonic() + seconds
    connection = socket.create_connection((host, port), 10)
    while time.monotonic() < stop:
        began = time.monotonic()
        try:
            connection.sendall(chance.choice(requests))
            status = _read_answer(connection)
        except OSError:
            connection.close()
            connection = socket.create_connection((host, port), 10)
            status = 0
        if status in {200, 304}:
            latencies.append(time.monotonic() - began)
        else:
            errors += 1
    connection.close()
    pipe.send((latencies, errors, time.process_time()))


def _read_answer(connection: socket.socket) -> int:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            raise OSError("closed")
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
    chunked = any(line.startswith(b"transfer-encoding:") for line in lines)
    while len(body) < length or (chunked and not body.endswith(b"0\r\n\r\n")):
        piece = connection.recv(262_144)
        if not piece:
            raise OSError("closed")
        body += piece
    return int(head[9:12])


def _tree(pids: Sequence[int]) -> set[int]:
    found = set(pids)
    for pid in pids:
        try:
            found |= {child.pid for child in psutil.Process(pid).children(recursive=True)}
        except psutil.NoSuchProcess:
            continue
    return found


def _cpu(pids: set[int]) -> float:
    """Return CPU seconds that the processes and all below them have used so far."""
    total = 0.0
    for pid in _tree(sorted(pids)):
        try:
            times = psutil.Process(pid).cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def _whole() -> float:
    """Return CPU seconds that the whole machine has used, idle and waiting apart."""
    fields = [int(one) for one in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")
