"""Pictures of invented goods: flat shapes and batik lines, each marked DEMO, as a phone would send them."""

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont

_SIZE = (960, 720)
_INDIGO, _PAPER, _TEA, _CHILI, _AMBER = "#2b4c8c", "#fbfaf6", "#3f7d4e", "#c43d2b", "#d9913a"
_GRAINS, _FRUITS = 420, 18


def draw(chance: random.Random) -> dict[str, bytes]:
    """Return each picture's JPEG by its name; the same chance draws the same."""
    scenes: dict[str, tuple[str, Callable[[ImageDraw.ImageDraw, random.Random], None]]] = {
        "rice": ("#e9ddc8", _rice),
        "terraces": ("#dfe7f5", _terraces),
        "oranges": ("#e6efdf", _oranges),
        "cloth": ("#14284b", _cloth),
        "hills": ("#dfeaf0", _hills),
    }
    return {name: _picture(ground, scene, chance) for name, (ground, scene) in scenes.items()}


def _picture(
    ground: str, scene: Callable[[ImageDraw.ImageDraw, random.Random], None], chance: random.Random
) -> bytes:
    picture = Image.new("RGB", _SIZE, ground)
    pen = ImageDraw.Draw(picture)
    scene(pen, chance)
    pen.rounded_rectangle((24, 650, 150, 696), 12, fill="#14284b")
    pen.text((44, 658), "DEMO", fill=_PAPER, font=ImageFont.load_default(28))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=85)
    return written.getvalue()


def _rice(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    pen.ellipse((150, 240, 810, 700), fill=_INDIGO)
    pen.ellipse((180, 210, 780, 560), fill="#8d3a2c")
    for _ in range(_GRAINS):
        x, y = chance.gauss(480, 150), chance.gauss(385, 75)
        pen.ellipse((x - 15, y - 5, x + 15, y + 5), fill=chance.choice(("#a84a38", "#7a2f22", "#b9604a")))
    for step in range(9):
        pen.arc((150 + step * 6, 240 + step * 6, 810 - step * 6, 700), 20, 160, fill=_PAPER, width=2)


def _terraces(pen: ImageDraw.ImageDraw, _chance: random.Random) -> None:
    pen.ellipse((700, 60, 820, 180), fill=_AMBER)
    tones = ("#a9bf8a", "#8fae74", "#779c62", "#5f8a52", "#4b7745", "#3f6a3b")
    for place, tone in enumerate(tones):
        top = 210 + place * 85
        pen.polygon([(0, top + 60), (300, top - 10), (640, top + 40), (960, top), (960, 720), (0, 720)], tone)
        pen.line([(0, top + 60), (300, top - 10), (640, top + 40), (960, top)], fill=_PAPER, width=4)


def _oranges(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    pen.rectangle((0, 520, 960, 720), fill="#b7875a")
    for number in range(_FRUITS):
        x, y = 150 + number % 6 * 130 + chance.randint(-12, 12), 250 + number // 6 * 130
        pen.ellipse((x - 72, y - 68, x + 72, y + 68), fill=_AMBER)
        pen.arc((x - 56, y - 52, x + 56, y + 52), 200, 280, fill=_PAPER, width=5)
        pen.polygon([(x, y - 66), (x + 40, y - 96), (x + 14, y - 58)], fill=_TEA)


def _cloth(pen: ImageDraw.ImageDraw, _chance: random.Random) -> None:
    for ring in range(8):
        inset = 40 + ring * 42
        pen.ellipse((120 + inset, inset, 840 - inset, 720 - inset), outline=_PAPER, width=4)
    for column in range(12):
        for row in range(9):
            x, y = 40 + column * 80, 40 + row * 80
            pen.ellipse((x - 5, y - 5, x + 5, y + 5), fill="#dfe7f5")


def _hills(pen: ImageDraw.ImageDraw, chance: random.Random) -> None:
    for place, tone in enumerate(("#9fb6d8", "#6f90c2", _INDIGO)):
        top = 240 + place * 120
        ridge = [(0, top + 120), (240, top), (470, top + 110), (730, top - 10), (960, top + 90)]
        pen.polygon([*ridge, (960, 720), (0, 720)], tone)
    for _ in range(60):
        x, y = chance.randint(0, 960), chance.randint(560, 700)
        pen.ellipse((x - 9, y - 9, x + 9, y + 9), fill=chance.choice((_CHILI, _AMBER, _TEA)))
