"""The way back after signing in never leads to another site."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.web.guard import safe_path

ALPHABET = st.sampled_from("/\\.:?#@%a2f h\t\n\r;&=evil\u3002\u2044\uff0f")


@pytest.mark.parametrize(
    "target",
    ["/", "/account", "/search?q=a&page=2", "/orders/Q261123-7K3M9Q4", "/counties/522633#origin", "/a%20b"],
)
def test_a_path_of_this_site_is_kept(target: str) -> None:
    assert safe_path(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "account",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\r\nSet-Cookie: a=b",
        " //evil.example",
        "http:/evil.example",
        "/" + "a" * 600,
        "//[bad",
    ],
)
def test_anything_else_becomes_the_home_page(target: str | None) -> None:
    assert safe_path(target, "/account") == "/account"


@given(st.one_of(st.text(ALPHABET, max_size=20), st.text(max_size=40)))
@example("/%2f%2fevil.example")
@example("/search?q=猕猴桃")
def test_whatever_is_asked_the_answer_stays_here(target: str) -> None:
    path = safe_path(target)
    assert path.startswith("/")
    assert path.isascii()
    assert not path.startswith("//")
    landed = urlsplit(urljoin("https://shop.example/sign-in", path))
    assert (landed.scheme, landed.netloc) == ("https", "shop.example")
