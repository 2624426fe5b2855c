"""Where indexes lie: ``current`` names the one in use, the previous is kept, nobody else may write there.

An index holds pickles: whoever can write one can run code in every process that reads it. What others could
have written is never read.
"""

import os
import shutil
import stat
import time
from pathlib import Path

from marketplace.adapters.whoosh_text.reading import STATE

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OWNERS_ALONE = 0o700


class UnsafeDirectoryError(OSError):
    """Others can write where pickles are read from."""


def find_current(directory: Path) -> Path | None:
    """Return the index in use, if any; refuses (UnsafeDirectoryError) what others can write."""
    link = directory / "current"
    if not link.is_symlink() or not link.exists():
        return None
    found = link.resolve()
    for path in (directory, found):
        _check(path)
    if found.parent != directory.resolve():
        raise UnsafeDirectoryError(f"{link} leads out of the directory")
    return found


def begin(directory: Path, signature: str) -> Path:
    """Make an empty directory for a new index, away from what others could have written."""
    try:
        _check(directory)
    except FileNotFoundError:
        directory.mkdir(_OWNERS_ALONE, parents=True, exist_ok=True)
    except UnsafeDirectoryError:
        refused = directory.with_name(f"{directory.name}-refused-{time.time_ns()}")
        directory.replace(refused)
        directory.mkdir(_OWNERS_ALONE)
        shutil.rmtree(refused, ignore_errors=True)
    directory.chmod(_OWNERS_ALONE)
    fresh = directory / f"index-{signature}-{time.time_ns()}"
    fresh.mkdir(_OWNERS_ALONE)
    return fresh


def switch(directory: Path, fresh: Path) -> None:
    """Make an index the one in use, in one step that also outlives a power cut."""
    link = directory / f"current-{time.time_ns()}"
    link.symlink_to(fresh.name)
    link.replace(directory / "current")
    sync(directory)


def sweep(directory: Path) -> None:
    """Remove what dead writers left of indexes; the one in use and the whole one before it stay."""
    current = find_current(directory)
    if current is None:
        return
    made = {path: _made(path) for path in directory.glob("index-*")}
    before = [path for path in made if made[path] < _made(current) and (path / STATE).exists()]
    kept = {current.name, *(path.name for path in sorted(before, key=_made)[-1:])}
    for path in made:
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
    for link in directory.glob("current-*"):
        link.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Bring a file or a directory's entries to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check(path: Path) -> None:
    found = path.stat()
    if found.st_mode & _OTHERS_WRITE or found.st_uid != os.geteuid():
        raise UnsafeDirectoryError(f"{path} can be written by others than its owner: it is not read")


def _made(path: Path) -> int:
    last = path.name.rpartition("-")[2]
    return int(last) if last.isdigit() else 0
