"""Files by content: the name is the SHA-256 of the bytes, so nothing is stored twice and nothing changes."""

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Protocol

_DIGEST = re.compile(r"[0-9a-f]{64}")


class FileStore(Protocol):
    """Keeps bytes by their digest (lower-case hexadecimal SHA-256)."""

    def put(self, content: bytes) -> str: ...

    def find(self, digest: str) -> bytes | None: ...


class DirectoryStore:
    """A file store in a directory, fanned out by the digest's first two characters."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
            _sync_directory(path.parent)
        return digest

    def find(self, digest: str) -> bytes | None:
        if not _DIGEST.fullmatch(digest):
            return None
        path = self._path(digest)
        return path.read_bytes() if path.is_file() else None

    def _path(self, digest: str) -> Path:
        return self._root / digest[:2] / digest


def _sync_directory(directory: Path) -> None:
    """Make a new name outlive a loss of power; a system that opens no directories keeps names by itself."""
    if os.name != "posix":
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read; the first writer wins, a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        Path(temporary).unlink()
