"""Pieces of pages are kept as long as what they were made of is the same object, and within their bound."""

import pytest
from markupsafe import Markup

from marketplace.web.storefront import fragments
from marketplace.web.storefront.fragments import CardPieces


def test_a_piece_is_good_only_for_the_very_objects_it_was_made_of() -> None:
    pieces, version, rates = CardPieces(), ["1"], ["2"]
    pieces.keep((1, "en"), (version, rates), Markup("<li>"))
    assert pieces.find([((1, "en"), (version, rates))]) == [Markup("<li>")]
    assert pieces.find([((1, "en"), (["1"], rates)), ((1, "en"), (version, ["2"]))]) == [None, None]
    assert pieces.find([((1, "zh-Hans"), (version, rates))]) == [None]


def test_a_piece_grows_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "OLDEST_SECONDS", -1.0)
    pieces, version = CardPieces(), ["1"]
    pieces.keep((1,), (version,), Markup("<li>"))
    assert pieces.find([((1,), (version,))]) == [None]


def test_pieces_are_bounded_in_bytes_and_the_least_used_go_first() -> None:
    pieces, version = CardPieces(bound=10_000), ["1"]
    for number in range(100):
        pieces.keep((number,), (version,), Markup("x" * 300))
        pieces.find([((0,), (version,))])
    assert pieces.kept_bytes <= 10_000
    first, second, last = pieces.find([((0,), (version,)), ((1,), (version,)), ((99,), (version,))])
    assert first is not None
    assert second is None
    assert last is not None
    pieces.keep((0,), (version,), Markup("x" * 300))
    assert pieces.kept_bytes <= 10_000
