"""Money is signed integer fen (1 yuan = 100 fen), CNY only.

This module alone formats, parses and splits it; no float and no Decimal leaves it.
"""

import re
from collections.abc import Sequence
from typing import NewType

Fen = NewType("Fen", int)

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
BASIS_POINTS = 10_000

_YUAN = re.compile(r"(?P<sign>-?)[¥￥]?(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.(?P<part>\d{1,2}))?")


def format_yuan(fen: int) -> str:
    """Write ``123456`` as ``¥1,234.56``; negative amounts carry a leading minus sign."""
    return f"{'-' if fen < 0 else ''}¥{format_plain(abs(fen))}"


def format_plain(fen: int) -> str:
    """Write ``123456`` as ``1,234.56``: the unit stands in the table's head."""
    sign = "-" if fen < 0 else ""
    yuan, part = divmod(abs(fen), FEN_PER_YUAN)
    return f"{sign}{yuan:,}.{part:02d}"


def parse_yuan(text: str) -> Fen | None:
    """Read ``1,234.5`` or ``¥1234.50`` as fen; None where the text is not an amount in yuan."""
    found = _YUAN.fullmatch(text.strip().replace("，", ","))
    if found is None:
        return None
    fen = int(found["whole"].replace(",", "")) * FEN_PER_YUAN + int((found["part"] or "").ljust(2, "0"))
    return Fen(-fen if found["sign"] else fen)


def split(total: int, weights: Sequence[int]) -> list[Fen]:
    """Split fen in proportion to weights so that the parts add up exactly (largest remainder).

    Equal remainders go to the earlier part, so the same input always gives the same answer.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be non-negative and not all zero")
    sign = -1 if total < 0 else 1
    exact = [divmod(abs(total) * weight, whole) for weight in weights]
    parts = [quotient for quotient, _ in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-exact[place][1], place))
    for place in by_remainder[: abs(total) - sum(parts)]:
        parts[place] += 1
    return [Fen(sign * part) for part in parts]


def share(fen: int, rate_bp: int) -> Fen:
    """Take a rate in basis points of an amount, rounded half up on the absolute value."""
    sign = -1 if fen * rate_bp < 0 else 1
    return Fen(sign * ((abs(fen * rate_bp) * 2 + BASIS_POINTS) // (2 * BASIS_POINTS)))


def rounded_to_add_up(amounts_fen: Sequence[int], unit_fen: int) -> list[int]:
    """Round non-negative amounts to whole units so that the rounded parts add up to the rounded total."""
    total = (sum(amounts_fen) * 2 + unit_fen) // (2 * unit_fen)
    parts = [amount // unit_fen for amount in amounts_fen]
    by_remainder = sorted(range(len(parts)), key=lambda place: (-(amounts_fen[place] % unit_fen), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def format_wan(fen: int) -> str:
    """Write an amount in 万元 with two decimals, rounded half up: ``12.35``."""
    hundredths = (abs(fen) * 2 * 100 + FEN_PER_WAN) // (2 * FEN_PER_WAN)
    whole, part = divmod(hundredths, 100)
    return f"{'-' if fen < 0 and hundredths else ''}{whole:,}.{part:02d}"
