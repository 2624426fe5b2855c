"""Why a product stands where it does: how rare a word is, how much of the product it names, what sells.

A score is a product of plain factors, so that a page can show them:
sum over words of (factor x rarity x strength) x popularity x season x certified x stock.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

UNIT = 0.05
"""A token's level counts the weight of a product's fields in twentieths: 80 is a word of the name."""
HIGHEST = 255

_SATURATION = 1.2


@lru_cache(maxsize=4096)
def level(weight: float) -> int:
    """Return a weight in twentieths, from 1 to ``HIGHEST``."""
    return min(max(round(weight / UNIT), 1), HIGHEST)


def strength(level: int) -> float:
    """Return what a level adds to a score before the word's rarity: growing ever slower with the weight."""
    weight = level * UNIT
    return weight * (1 + _SATURATION) / (weight + _SATURATION)


STRENGTHS = np.array([strength(level) for level in range(HIGHEST + 1)], np.float32)

SALES_FACTOR = 0.1
IN_SEASON = 1.10
CERTIFIED = 1.05
SOLD_OUT = 0.4
"""Of goods called the same those in stock come first, but goods only described so come after."""


def rarity(documents: int, carrying: int) -> float:
    """Return how telling a token is that so many of the documents carry."""
    return math.log1p(documents / (1 + carrying))


def popularity(sold: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the factor of packs sold: the ten-thousandth adds less than the tenth."""
    return (1 + SALES_FACTOR * np.log1p(np.maximum(sold, 0))).astype(np.float32)
