"""What a licence's number says: form, check character, and the division that gave it.

Credit codes follow GB 32100-2015. Food licences carry the county of the place of production or business in
GB/T 2260: ``SC`` in digits 4 to 9, ``JY`` and ``YB`` in digits 2 to 7 (食品生产许可管理办法,
食品经营许可和备案管理办法).
"""

import re
import unicodedata
from datetime import date

from marketplace.kernel.message import Message, msg
from marketplace.parties.types import LicenceDraft, LicenceKind, Region, Registrant
from marketplace.places.atlas import Atlas
from marketplace.places.types import DivisionCode, Level

CREDIT_CODE_LENGTH = 18
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_NEVER = re.compile(r"[IOSVZ]")
_REGION_DIGITS = 6
# What a demonstration writes in place of any number that somebody could have.
_DEMO = re.compile(r"DEMO-[A-Z0-9-]{4,30}")
_DEMO_PREFIX = {
    LicenceKind.PRODUCTION: "DEMO-SC-",
    LicenceKind.OPERATION: "DEMO-JY-",
    LicenceKind.PREPACKED: "DEMO-YB-",
}
_DEMO_SERIAL = re.compile(r"\d{4,10}")
_FORM = {
    LicenceKind.PRODUCTION: re.compile(r"SC[12]\d{2}(\d{6})\d{5}"),
    LicenceKind.OPERATION: re.compile(r"JY\d(\d{6})\d{7}"),
    LicenceKind.PREPACKED: re.compile(r"YB\d(\d{6})\d{7}"),
}
LICENCE_NAMES = {
    LicenceKind.PRODUCTION: msg("食品生产许可证"),
    LicenceKind.OPERATION: msg("食品经营许可证"),
    LicenceKind.PREPACKED: msg("仅销售预包装食品备案"),
}
_SAMPLES = {
    LicenceKind.PRODUCTION: "SC10252263300000",
    LicenceKind.OPERATION: "JY15226330000000",
    LicenceKind.PREPACKED: "YB15226330000000",
}
_REGISTRANTS = {
    "91": Registrant.ENTERPRISE,
    "92": Registrant.INDIVIDUAL,
    "93": Registrant.COOPERATIVE,
    "N1": Registrant.COLLECTIVE,
    "N2": Registrant.COLLECTIVE,
    "N3": Registrant.COLLECTIVE,
}
# Codes that stand on older papers, with the county's code of today.
FORMER_CODES = {
    "520522": "520581",
    "520221": "520204",
    "520222": "520281",
    "520321": "520304",
    "520421": "520403",
    "522322": "522302",
}


def normal_code(text: str) -> str:
    """Bring a typed number to the form in which it is kept: NFKC, upper case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def check_of_credit_code(body: str) -> str:
    """Return the eighteenth character for the seventeen before it (GB 32100-2015, modulus 31)."""
    total = sum(_ALPHABET.index(one) * pow(3, place, 31) for place, one in enumerate(body))
    return _ALPHABET[-total % 31]


def is_demo_code(code: str) -> bool:
    return _DEMO.fullmatch(code) is not None


def credit_code_problem(code: str) -> Message | None:
    """Say why a normalised 统一社会信用代码 cannot be one; a demonstration's always can."""
    if is_demo_code(code):
        return None
    if len(code) != CREDIT_CODE_LENGTH:
        return msg("统一社会信用代码是18位，现在是%(count)s位，请对照营业执照再看一遍。", count=len(code))
    if _NEVER.search(code):
        return msg("统一社会信用代码里没有字母I、O、S、V、Z，请看看是不是数字1、0、5、2。")
    if any(one not in _ALPHABET for one in code) or not code[2:8].isdigit():
        return msg("统一社会信用代码只有数字和大写字母，第3至8位是数字，请对照营业执照再看一遍。")
    if check_of_credit_code(code[:-1]) != code[-1]:
        return msg("统一社会信用代码的最后一位校验不符，有一位抄错了，请对照营业执照再看一遍。")
    return None


def registrant_of(code: str) -> Registrant:
    """Tell who a right credit code belongs to: 93 is a 农民专业合作社."""
    if is_demo_code(code):
        return Registrant.DEMONSTRATION
    return _REGISTRANTS.get(code[:2], Registrant.OTHER)


def licence_problem(draft: LicenceDraft, today: date) -> Message | None:
    """Say why a food licence cannot be shown: number of the wrong form, days in the wrong order, over."""
    name = LICENCE_NAMES[draft.kind]
    if _licence_match(draft.kind, draft.number) is None and not _is_demo_licence(draft.kind, draft.number):
        return msg("%(licence)s编号的形式不对，应像%(sample)s。", licence=name, sample=_SAMPLES[draft.kind])
    if draft.valid_from > today:
        return msg("%(licence)s还没有生效。", licence=name)
    if draft.valid_to is not None and draft.valid_to < draft.valid_from:
        return msg("%(licence)s的截止日期早于起始日期。", licence=name)
    if draft.valid_to is not None and draft.valid_to < today:
        return msg("%(licence)s已经过期，请先换证。", licence=name)
    return None


def region_of_credit_code(code: str) -> str | None:
    """Return the division of the registering office; None for a demonstration's code."""
    return None if is_demo_code(code) else code[2:8]


def region_of_licence(kind: LicenceKind, number: str) -> str | None:
    """Return the division in a food licence's number; None for a demonstration's."""
    found = _licence_match(kind, number)
    return found.group(1) if found else None


def region_stands(region_code: str | None, county_code: DivisionCode, atlas: Atlas) -> Region:
    """Say how a number's division stands to a county: the county itself, one above it, or another place."""
    if region_code is None:
        return Region.DEMONSTRATION
    today = FORMER_CODES.get(region_code, region_code)
    if today == county_code:
        return Region.HERE
    if today in atlas.lineage(county_code):
        return Region.ABOVE
    # Offices of a prefecture's development zone register under the prefecture with 01 as county.
    prefecture = atlas.prefecture_of(county_code)
    return Region.ABOVE if today == f"{prefecture[:4]}01" and atlas.find(today) is None else Region.ELSEWHERE


def is_county(code: str, atlas: Atlas) -> bool:
    """Tell whether somebody can apply from a division: a county of Guizhou."""
    found = atlas.find(code)
    return found is not None and found.level is Level.COUNTY and found in atlas.counties


def _licence_match(kind: LicenceKind, number: str) -> re.Match[str] | None:
    return _FORM[kind].fullmatch(number)


def _is_demo_licence(kind: LicenceKind, number: str) -> bool:
    prefix = _DEMO_PREFIX[kind]
    return number.startswith(prefix) and _DEMO_SERIAL.fullmatch(number.removeprefix(prefix)) is not None
