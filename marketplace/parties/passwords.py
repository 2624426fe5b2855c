"""Argon2id (RFC 9106) for passwords and one-time codes alike: a stolen table opens nothing."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)


def hashed(secret: str) -> str:
    return HASHER.hash(secret)


def matches(stored: str | None, secret: str) -> bool:
    """Compare in constant time; without a stored hash it takes as long and says no."""
    try:
        fits = HASHER.verify(stored or _nobody(), secret)
    except (VerificationError, InvalidHashError):
        return False
    return fits and stored is not None


def is_outdated(stored: str) -> bool:
    return HASHER.check_needs_rehash(stored)


@cache
def _nobody() -> str:
    """Return what is checked where nobody has the login, so that the answer takes as long as for somebody."""
    return HASHER.hash("nobody's password")
