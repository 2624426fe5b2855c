"""Phone numbers, e-mail addresses and passwords as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.parties import passwords
from marketplace.parties.passwords import hashed, is_outdated, matches
from marketplace.parties.rules import mask_phone, parse_email, parse_phone, password_problem, split_phone
from tests.conftest import SHIPPED_HASHER


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("13912345678", "CN", "+8613912345678"),
        ("139 1234 5678", "CN", "+8613912345678"),
        ("+86 139-1234-5678", "HK", "+8613912345678"),
        ("１３９１２３４５６７８", "CN", "+8613912345678"),
        ("51234567", "HK", "+85251234567"),
        ("+852 5123 4567", "CN", "+85251234567"),
        ("66123456", "MO", "+85366123456"),
        ("+853 6612 3456", "CN", "+85366123456"),
    ],
)
def test_mobile_numbers_of_three_places_are_read(text: str, region: str, number: str) -> None:
    assert parse_phone(text, region) == number
    assert parse_phone(number) == number
    where, digits = split_phone(number)
    assert not digits.startswith("+")
    assert parse_phone(digits, where) == number


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("", "CN"),
        ("1391234567", "CN"),
        ("12345678901", "CN"),
        ("075512345678", "CN"),  # a landline of 深圳
        ("+1 650 253 0000", "CN"),
        ("+886 912 345 678", "CN"),
        ("21234567", "HK"),  # a landline of Hong Kong
        ("号码", "CN"),
        ("13912345678; DROP TABLE", "CN"),
    ],
)
def test_anything_else_is_no_number(text: str, region: str) -> None:
    assert parse_phone(text, region) is None


@given(st.text(max_size=30), st.sampled_from(["CN", "HK", "MO", "", "XX"]))
def test_whatever_is_typed_gives_a_number_or_none(text: str, region: str) -> None:
    number = parse_phone(text, region)
    assert number is None or (number.startswith(("+86", "+852", "+853")) and parse_phone(number) == number)


@given(st.integers(min_value=0, max_value=99_999_999))
def test_a_mask_hides_at_least_four_digits_and_keeps_the_length(last: int) -> None:
    for number in (f"+86139{last:08d}", f"+8526{last % 10**7:07d}", f"+8536{last % 10**7:07d}"):
        masked = mask_phone(number)
        assert masked.count("*") >= 4
        assert len(masked) == len(number) + 1
        assert masked[-2:] == number[-2:]


def test_masks() -> None:
    assert mask_phone("+8613812345678") == "+86 138****5678"
    assert mask_phone("+85251234567") == "+852 5*****67"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Name@Example.COM ", "name@example.com"),
        ("a.b+c@mail.example.com", "a.b+c@mail.example.com"),
        ("name@example", None),
        ("name example.com", None),
        ("@example.com", None),
        ("a@" + "b" * 250 + ".com", None),
        ("a@b.com\nbcc: c@d.com", None),
    ],
)
def test_email_addresses(text: str, address: str | None) -> None:
    assert parse_email(text) == address


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("correct horse battery", True),
        ("密码可以用汉字写成一句话", True),
        ("short", False),
        ("x" * 129, False),
        ("aaaaaaaaaa", False),
        ("12345678abc", False),  # the phone's last digits
        ("my-name-is-xiaoming", False),  # the e-mail's name
    ],
)
def test_a_password_is_long_and_not_one_s_own_number(password: str, good: bool) -> None:
    problem = password_problem(password, "+8613912345678", "xiaoming@example.com")
    assert (problem is None) is good


def test_hashes_are_argon2id_salted_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", SHIPPED_HASHER)
    first, second = hashed("123456"), hashed("123456")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert matches(first, "123456")
    assert not matches(first, "123457")
    assert not matches(None, "nobody's password")
    assert not matches("not a hash", "123456")
    assert not is_outdated(first)
    assert is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$pqqkVrJFYKdTwTf+AtUDIQ")
