"""The face keeps its word: contrast in every scheme, nothing inline that the content policy would refuse."""

import re
from pathlib import Path

import pytest

from marketplace.kernel import paths

CSS = paths.STATIC / "css"
AA, AAA, GRAPHIC = 4.5, 7.0, 3.0
TEXT_ON = ("--paper", "--surface")
TINTS = ("tea", "chili", "amber", "cold")


def _tokens(text: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-fA-F]{6})", text))


def _schemes() -> dict[str, dict[str, str]]:
    light, dark = (
        (CSS / "tokens.css").read_text(encoding="utf-8").split("@media (prefers-color-scheme: dark)")
    )
    night = (CSS / "carrier.css").read_text(encoding="utf-8").split("@layer", 1)[0]
    common = _tokens(light)
    return {
        "light": common,
        "dark": common | _tokens(dark),
        "night": common | _tokens(night),
        "night on a dark phone": common | _tokens(dark) | _tokens(night),
    }


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", _schemes())
def test_text_can_be_read_on_what_it_stands_on(scheme: str) -> None:
    token = _schemes()[scheme]
    wanted = [("--ink", ground, AAA) for ground in (*TEXT_ON, "--sunk")]
    wanted += [(tone, ground, AA) for tone in ("--muted", "--link", "--price") for ground in TEXT_ON]
    wanted += [(f"--{tint}-ink", ground, AA) for tint in TINTS for ground in (*TEXT_ON, f"--{tint}-tint")]
    wanted += [
        ("--on-tint", "--tint", AAA),
        ("--on-action", "--action", AA),
        ("--on-action", "--action-over", AA),
    ]
    wanted += [(mark, ground, GRAPHIC) for mark in ("--line-strong", "--focus") for ground in TEXT_ON]
    wanted += [("--on-level-low", f"--level-{step}", AA) for step in range(4)]
    wanted += [("--on-level-high", f"--level-{step}", AA) for step in (4, 5)]
    faint = [
        f"{front} on {back}: {contrast(token[front], token[back]):.2f} < {least}"
        for front, back, least in wanted
        if contrast(token[front], token[back]) < least
    ]
    assert faint == []


def test_contrast_agrees_with_the_extremes_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


INLINE = re.compile(
    r"<[^>]*\sstyle\s*=|<[^>]*\son[a-z]+=|<style\b|<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)|javascript:",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", sorted(paths.TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_needs_inline_script_or_style(path: Path) -> None:
    if path.parent.name == "email":
        pytest.skip("mail clients read inline styles only")
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_layers_make_important_needless(sheet: Path) -> None:
    text = sheet.read_text(encoding="utf-8")
    assert "!important" not in text
    assert text.count("{") == text.count("}")
