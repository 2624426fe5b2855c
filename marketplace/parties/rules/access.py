"""Pure decisions: who may do what, what a scope covers, how often codes are sent, what a phone number is."""

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import phonenumbers

from marketplace.kernel.message import Message, msg
from marketplace.parties.types import Actor, PartyId, PartyKind, Permission, Reach, Role, Scope
from marketplace.places.atlas import Atlas
from marketplace.places.types import Division, DivisionCode, Level, Side

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CONSUMER: frozenset({Permission.BUY}),
    Role.PURCHASING_MEMBER: frozenset({Permission.BUY_FOR_UNIT, Permission.MANAGE_UNIT}),
    Role.COOPERATIVE_MANAGER: frozenset(
        {
            Permission.MANAGE_OFFERS,
            Permission.FULFIL,
            Permission.SEE_STATEMENTS,
            Permission.MANAGE_COOPERATIVE,
        }
    ),
    Role.COOPERATIVE_MEMBER: frozenset(
        {Permission.MANAGE_OFFERS, Permission.FULFIL, Permission.SEE_STATEMENTS}
    ),
    Role.COOPERATIVE_PACKER: frozenset({Permission.FULFIL}),
    Role.CARRIER_MEMBER: frozenset({Permission.TAKE_CUSTODY}),
    Role.WAREHOUSE_MEMBER: frozenset({Permission.TAKE_CUSTODY}),
    Role.OFFICIAL: frozenset(
        {
            Permission.SEE_TOTALS,
            Permission.CONFIRM_PAIRING,
            Permission.RECOMMEND_COOPERATIVE,
            Permission.NOMINATE_GOODS,
            Permission.REVIEW_EDITION,
        }
    ),
    Role.OPERATOR: frozenset(
        {
            Permission.REVIEW_CATALOGUE,
            Permission.PUBLISH_EDITION,
            Permission.MANAGE_PARTIES,
            Permission.RELEASE_HELD_LOT,
            Permission.OPERATE,
        }
    ),
}

# These are held for one's own party only; the others reach over parties, officials' within their scope.
BOUND_TO_PARTY = frozenset(
    {
        Permission.BUY_FOR_UNIT,
        Permission.MANAGE_UNIT,
        Permission.MANAGE_OFFERS,
        Permission.FULFIL,
        Permission.SEE_STATEMENTS,
        Permission.MANAGE_COOPERATIVE,
        Permission.TAKE_CUSTODY,
    }
)

ROLES_OF_KIND: dict[PartyKind, frozenset[Role]] = {
    PartyKind.COOPERATIVE: frozenset(
        {Role.COOPERATIVE_MANAGER, Role.COOPERATIVE_MEMBER, Role.COOPERATIVE_PACKER}
    ),
    PartyKind.PURCHASING_UNIT: frozenset({Role.PURCHASING_MEMBER}),
    PartyKind.CARRIER: frozenset({Role.CARRIER_MEMBER}),
    PartyKind.WAREHOUSE: frozenset({Role.WAREHOUSE_MEMBER}),
    PartyKind.AUTHORITY: frozenset({Role.OFFICIAL}),
    PartyKind.OPERATOR: frozenset({Role.OPERATOR}),
}

CODE_DIGITS = 6
CODE_LIFE = timedelta(minutes=5)
CODE_TRIES = 5
CODE_LIMITS = ((timedelta(hours=1), 5), (timedelta(days=1), 10))
PASSWORD_LIMITS = ((timedelta(minutes=15), 5), (timedelta(days=1), 30))
PASSWORD_MIN = 8
PASSWORD_MAX = 128

CALLING_CODES = {"CN": "+86", "HK": "+852", "MO": "+853"}
_MOBILE = frozenset({phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE})
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+")
_EMAIL_MAX = 254
_MAINLAND_DIGITS = 11


def may(actor: Actor | None, permission: Permission, party_id: PartyId | None = None) -> bool:
    """Tell whether somebody may do something, for one party where the permission is bound to parties.

    Without a party a bound permission asks whether they have it for any; nobody signed in may nothing.
    """
    if actor is None:
        return False
    if permission in PERMISSIONS[Role.CONSUMER]:
        return True
    return any(
        permission in PERMISSIONS[one.role]
        and (party_id is None or permission not in BOUND_TO_PARTY or one.party_id == party_id)
        for one in actor.memberships
    )


def parties_for(actor: Actor | None, permission: Permission) -> tuple[PartyId, ...]:
    """Return the parties for which somebody has a permission, the one they act for first."""
    if actor is None:
        return ()
    return actor.party_ids(*(role for role, held in PERMISSIONS.items() if permission in held))


def role_fits(role: Role, kind: PartyKind) -> bool:
    return role in ROLES_OF_KIND[kind]


def scope_fits(role: Role, scope: Scope | None, atlas: Atlas) -> bool:
    """Tell whether a scope is one an official can have: province, prefecture, county, city, or a pairing."""
    if role is not Role.OFFICIAL or scope is None:
        return (role is Role.OFFICIAL) == (scope is not None)
    if scope.division_code is not None:
        division = atlas.find(scope.division_code)
        return division is not None and (
            division.level in {Level.PROVINCE, Level.PREFECTURE, Level.COUNTY}
            or (division.side is Side.GUANGDONG and division in atlas.cities)
        )
    city, gz = atlas.find(scope.city_code or ""), atlas.find(scope.gz_code or "")
    return (
        city is not None
        and gz is not None
        and city.side is Side.GUANGDONG
        and city in atlas.cities
        and gz.side is Side.GUIZHOU
        and gz.level is not Level.PROVINCE
    )


def reach(scope: Scope, atlas: Atlas) -> Reach:
    """Spell a scope out as origin counties and destination cities.

    A Guizhou division sees the goods that grow in it wherever they go; a Guangdong one what arrives in it.
    """
    if scope.division_code is None:
        assert scope.city_code is not None
        assert scope.gz_code is not None
        return Reach(origin_counties=_below(atlas, scope.gz_code), city_codes=frozenset({scope.city_code}))
    division = atlas.division(scope.division_code)
    if division.side is Side.GUIZHOU:
        whole = division.level is Level.PROVINCE
        return Reach(origin_counties=None if whole else _below(atlas, division.code), city_codes=None)
    cities = (one for one in atlas.cities if atlas.within(one.code, division.code))
    return Reach(origin_counties=None, city_codes=frozenset(one.code for one in cities))


def covers(scope: Scope, origin_county: str, city: str, atlas: Atlas) -> bool:
    """Tell whether goods of a county that go to a city (or a place in it) lie in an official's scope."""
    found = reach(scope, atlas)
    return (found.origin_counties is None or origin_county in found.origin_counties) and (
        found.city_codes is None or atlas.city_of(city) in found.city_codes
    )


def covers_pairing(scope: Scope, gd_code: str, gz_code: str, atlas: Atlas) -> bool:
    """Tell whether an official of this scope speaks for a pairing: for a side of it, or for just this one."""
    if scope.division_code is not None:
        return atlas.within(gd_code, scope.division_code) or atlas.within(gz_code, scope.division_code)
    return atlas.within(gd_code, scope.city_code or "") and atlas.within(gz_code, scope.gz_code or "")


def _below(atlas: Atlas, code: DivisionCode) -> frozenset[DivisionCode]:
    """Return a division and all below it, which a lot's origin may name."""
    found: set[DivisionCode] = set()
    waiting: list[Division] = [atlas.division(code)]
    while waiting:
        one = waiting.pop()
        found.add(one.code)
        waiting.extend(atlas.children(one.code))
    return frozenset(found)


def next_allowed(
    before: Sequence[datetime], now: datetime, limits: Iterable[tuple[timedelta, int]]
) -> datetime | None:
    """Return when one more is allowed under limits of so many per span; None where it is allowed now."""
    moments = sorted(before, reverse=True)
    waits = [
        moments[most - 1] + span
        for span, most in limits
        if len(moments) >= most and moments[most - 1] + span > now
    ]
    return max(waits, default=None)


def minutes_until(instant: datetime, now: datetime) -> int:
    """Return whole minutes to wait, at least one."""
    return max(1, math.ceil((instant - now).total_seconds() / 60))


def split_phone(phone: str) -> tuple[str, str]:
    """Part a number in E.164 into its region and the digits dialled there, as forms ask it."""
    number = phonenumbers.parse(phone)
    return phonenumbers.region_code_for_number(number) or "CN", str(number.national_number)


def parse_phone(text: str, region: str = "CN") -> str | None:
    """Read a mobile number of the mainland, Hong Kong or Macao as E.164; None where it is none."""
    try:
        number = phonenumbers.parse(text, region if region in CALLING_CODES else "CN")
    except phonenumbers.NumberParseException:
        return None
    found = phonenumbers.region_code_for_number(number)
    if found not in CALLING_CODES or not phonenumbers.is_valid_number(number):
        return None
    if phonenumbers.number_type(number) not in _MOBILE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(phone: str) -> str:
    """Write ``+8613812345678`` as ``+86 138****5678``: enough to know one's own, no more."""
    code = next((one for one in CALLING_CODES.values() if phone.startswith(one)), phone[:3])
    rest = phone.removeprefix(code)
    first, last = (3, 4) if len(rest) >= _MAINLAND_DIGITS else (1, 2)
    return f"{code} {rest[:first]}{'*' * (len(rest) - first - last)}{rest[-last:]}"


def parse_email(text: str) -> str | None:
    """Read an e-mail address in lower case; None where it is none."""
    lowered = text.strip().lower()
    return lowered if len(lowered) <= _EMAIL_MAX and _EMAIL.fullmatch(lowered) else None


def password_problem(password: str, phone: str | None, email: str | None) -> Message | None:
    """Say why a password is not good enough (NIST SP 800-63B: length counts, composition does not)."""
    if len(password) < PASSWORD_MIN:
        return msg("密码至少要 %(count)s 个字符。", count=PASSWORD_MIN)
    if len(password) > PASSWORD_MAX:
        return msg("密码最多 %(count)s 个字符。", count=PASSWORD_MAX)
    own = [one for one in (phone and phone[-8:], email and email.split("@")[0]) if one]
    if len(set(password)) < len("1234") or any(one in password.lower() for one in own):
        return msg("这个密码太容易猜到，请换一个。")
    return None
