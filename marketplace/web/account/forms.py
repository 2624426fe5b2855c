"""What the account's forms send."""

import unicodedata
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from marketplace.parties import rules
from marketplace.parties.types import Language
from marketplace.web.forms import FormModel


def _plain(text: object) -> object:
    """Read full-width digits and letters, as Chinese keyboards write them, like others."""
    return unicodedata.normalize("NFKC", text) if isinstance(text, str) else text


Typed = Annotated[str, BeforeValidator(_plain)]


class PhoneForm(FormModel):
    region: Literal["CN", "HK", "MO"] = "CN"
    phone: Annotated[Typed, Field(min_length=1, max_length=30)]

    @property
    def number(self) -> str | None:
        """Return the number in E.164, None where it is no mobile number."""
        return rules.parse_phone(self.phone, self.region)


class CodeForm(FormModel):
    code: Annotated[Typed, Field(pattern=r"^[0-9]{6}$")]


class PasswordSignInForm(FormModel):
    login: Annotated[Typed, Field(min_length=1, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=rules.PASSWORD_MAX)]


class ProfileForm(FormModel):
    display_name: Annotated[str, Field(max_length=40)] = ""
    email: Annotated[Typed, Field(max_length=254)] = ""


class PasswordForm(FormModel):
    current: Annotated[str, Field(max_length=rules.PASSWORD_MAX)] = ""
    password: Annotated[str, Field(min_length=1, max_length=rules.PASSWORD_MAX)]


class LanguageForm(FormModel):
    lang: Language


class ActingForm(FormModel):
    membership: int
