"""Where results go: one JSON of a run, with what it was measured on."""

import json
import os
import platform
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def write(name: str, began: datetime, found: Mapping[str, Any]) -> Path:
    """Write what a run found into a file of its own, say where, and return the path."""
    whole = {
        "at": began.isoformat(timespec="seconds"),
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
        **found,
    }
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}-{began:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(whole, indent=2, ensure_ascii=False) + "\n")
    print(f"\n{os.path.relpath(path)}")
    return path
