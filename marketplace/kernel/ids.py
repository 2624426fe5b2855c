"""Identifiers: what people read aloud, and tokens nobody can guess."""

import secrets
from datetime import date

# Crockford's base 32 without I, L, O, U: nobody mistakes a one for an ell on a wet label.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def public_number(prefix: str, day: date, length: int = 6) -> str:
    """Make a number such as ``Q261123-7K3M9Q4``: prefix, day, random characters and a check character."""
    stem = f"{prefix}{day:%y%m%d}-" + "".join(secrets.choice(_ALPHABET) for _ in range(length))
    return stem + check_character(stem)


def check_character(text: str) -> str:
    """Return the ISO 7064 style weighted check character over the letters and digits of the text."""
    total = 0
    for character in text:
        if character in _ALPHABET or character in "ILOU":
            total = (total + ord(character)) * 2 % 37
    return _ALPHABET[total % 32]


def is_public_number(text: str) -> bool:
    """Tell whether the check character fits, so that a mistyped number is noticed before a look-up."""
    return len(text) > 1 and text[-1] == check_character(text[:-1])


def new_token(length_bytes: int = 24) -> str:
    """Make an unguessable URL-safe token."""
    return secrets.token_urlsafe(length_bytes)
