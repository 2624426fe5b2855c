"""Sets sheets with Typst: templates of the project, Noto Sans SC from the assets, no font of the machine."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

FAMILY = "Noto Sans SC"
# A sheet carries its own date where it has one; the file's must not make the same sheet differ.
_FILE_TIME = 0


class TypstPrinter:
    """A printer that reads ``<template>.typ`` in one directory and draws with the fonts of another."""

    def __init__(self, templates: Path, fonts: Path) -> None:
        self._templates = templates
        self._font_directory = fonts
        self._fonts: typst.Fonts | None = None
        self._lock = threading.Lock()

    def pdf(self, template: str, sheet: Mapping[str, Any]) -> bytes:
        compiler = typst.Compiler(
            str(self._templates / f"{template}.typ"),
            root=str(self._templates),
            font_paths=self._loaded_fonts(),
            sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
        )
        made = compiler.compile(format="pdf", timestamp=_FILE_TIME)
        assert isinstance(made, bytes)  # one file: only pictures come as one file a page
        return made

    def _loaded_fonts(self) -> typst.Fonts:
        """Read the fonts once; without them Chinese would print as empty boxes, so that is said instead."""
        with self._lock:
            if self._fonts is None:
                fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(self._font_directory)])
                if FAMILY not in {font.family for font in fonts.fonts()}:
                    raise RuntimeError(f"no {FAMILY} in {self._font_directory}: run `make assets`")
                self._fonts = fonts
            return self._fonts
