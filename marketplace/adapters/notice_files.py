"""Messages as files in a directory, from which the operator's own sender of SMS and mail takes them.

One JSON file a message, named by the notice's number, complete as soon as it has that name: ``id``,
``kind``, ``phone`` (E.164), ``email``, ``language``, ``text``, ``link`` (whole address), ``created_at``.
The sender takes a file away once its message has left. A message may be written twice, always under the
same ``id``.
"""

import json
import os
import tempfile
from pathlib import Path

from marketplace.notices.port import DeliveryFailed
from marketplace.notices.types import Outgoing


class NoticeFiles:
    """Hands messages over as files that only the sender, in the directory's group, can read."""

    keeps_text = False

    def __init__(self, directory: Path, public_url: str) -> None:
        self._directory = directory
        self._public_url = public_url

    def deliver(self, outgoing: Outgoing) -> None:
        content = {
            "id": outgoing.id,
            "kind": outgoing.kind,
            "phone": outgoing.phone,
            "email": outgoing.email,
            "language": outgoing.language,
            "text": outgoing.text,
            "link": f"{self._public_url}{outgoing.link}" if outgoing.link else None,
            "created_at": outgoing.created_at.isoformat(),
        }
        try:
            _write(self._directory, f"{outgoing.id:012d}.json", json.dumps(content, ensure_ascii=False))
        except OSError as error:
            raise DeliveryFailed(str(error)) from error


def _write(directory: Path, name: str, text: str) -> None:
    """Write a file so that it survives a power cut and nobody sees half of it."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o770)
    handle, temporary = tempfile.mkstemp(dir=directory, prefix=".")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            os.fchmod(file.fileno(), 0o640)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(directory / name)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
