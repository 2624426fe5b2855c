"""The demonstration's channel to people: messages become files in ``var/mail`` and stay on the machine."""

import json
import os
import tempfile
from pathlib import Path

from marketplace.notices.port import DeliveryFailed
from marketplace.notices.types import Outgoing


class DemoInbox:
    """Writes messages as JSON files, named by notice so that a second delivery replaces the first."""

    keeps_text = True

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def deliver(self, outgoing: Outgoing) -> None:
        content = {
            "id": outgoing.id,
            "kind": outgoing.kind,
            "to": outgoing.phone or outgoing.email,
            "language": outgoing.language,
            "text": outgoing.text,
            "link": outgoing.link,
            "created_at": outgoing.created_at.isoformat(),
        }
        try:
            self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=self._directory, suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, ensure_ascii=False, indent=2)
            Path(temporary).replace(self._directory / f"{outgoing.id:08d}.json")
        except OSError as error:
            raise DeliveryFailed(str(error)) from error
