"""RFC 6962 held against known answers: the tree of eight leaves that certificate logs test with."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from marketplace.transparency import rules
from marketplace.transparency.keys import HeadKey
from marketplace.transparency.rules import Span
from marketplace.transparency.types import ConsistencyProof, Head, InclusionProof

LEAVES = [
    rules.leaf_hash(bytes.fromhex(content))
    for content in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
PATHS = (
    (0, 1, ()),
    (
        0,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        5,
        8,
        (
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (2, 3, ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",)),
    (
        1,
        5,
        (
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
)
CONSISTENT = (
    (1, 1, ()),
    (
        1,
        8,
        (
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ),
    ),
    (
        6,
        8,
        (
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ),
    ),
    (
        2,
        5,
        (
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ),
    ),
)


def _span_root(leaves: list[bytes], span: Span) -> bytes:
    return rules.root_of(leaves[span.start : span.end])


def _inclusion(leaves: list[bytes], position: int, size: int) -> InclusionProof:
    return InclusionProof(
        leaf_hash=leaves[position],
        position=position,
        size=size,
        root=rules.root_of(leaves[:size]),
        path=tuple(_span_root(leaves, span) for span in rules.inclusion_spans(position, size)),
    )


def _consistency(leaves: list[bytes], first: int, second: int) -> ConsistencyProof:
    return ConsistencyProof(
        first=first,
        second=second,
        first_root=rules.root_of(leaves[:first]),
        second_root=rules.root_of(leaves[:second]),
        path=tuple(_span_root(leaves, span) for span in rules.consistency_spans(first, second)),
    )


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_known_ones(size: int) -> None:
    assert rules.root_of(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("position", "size", "path"), PATHS)
def test_audit_paths_are_the_known_ones(position: int, size: int, path: tuple[str, ...]) -> None:
    proof = _inclusion(LEAVES, position, size)
    assert tuple(one.hex() for one in proof.path) == path
    assert rules.is_included(proof)


@pytest.mark.parametrize(("first", "second", "path"), CONSISTENT)
def test_consistency_proofs_are_the_known_ones(first: int, second: int, path: tuple[str, ...]) -> None:
    proof = _consistency(LEAVES, first, second)
    assert tuple(one.hex() for one in proof.path) == path
    assert rules.is_consistent(proof)


def test_every_proof_up_to_forty_leaves_holds_and_no_forged_one_does() -> None:
    leaves = [rules.leaf_hash(bytes([number])) for number in range(40)]
    for size in range(1, 41):
        for position in range(size):
            proof = _inclusion(leaves, position, size)
            assert rules.is_included(proof)
            assert not rules.is_included(replace(proof, leaf_hash=rules.leaf_hash(b"forged")))
            assert not rules.is_included(replace(proof, position=(position + 1) % size)) or size == 1
            assert not rules.is_included(replace(proof, path=(*proof.path, proof.root)))
        for first in range(1, size + 1):
            extends = _consistency(leaves, first, size)
            assert rules.is_consistent(extends)
            assert not rules.is_consistent(replace(extends, first_root=rules.leaf_hash(b"forged")))
            assert not rules.is_consistent(replace(extends, path=(*extends.path, extends.first_root)))


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=70), st.integers(0, 70))
def test_a_tree_that_grows_in_two_steps_is_the_tree_grown_in_one(leaves: list[bytes], cut: int) -> None:
    cut = min(cut, len(leaves))
    nodes = dict(rules.grow((), 0, leaves[:cut]))
    peaks = [nodes[place] for place in rules.cover(Span(0, cut))]
    nodes |= dict(rules.grow(peaks, cut, leaves[cut:]))
    assert nodes == dict(rules.grow((), 0, leaves))


def test_positions_outside_the_tree_are_refused() -> None:
    with pytest.raises(ValueError, match="outside"):
        rules.inclusion_spans(3, 3)
    with pytest.raises(ValueError, match="smaller"):
        rules.consistency_spans(0, 3)


def test_a_head_is_signed_over_day_size_and_root() -> None:
    key = HeadKey(bytes(range(32)))
    day, root = date(2026, 11, 23), rules.root_of(LEAVES)
    head = Head(
        day=day,
        size=8,
        root=root,
        signed_at=datetime(2026, 11, 23, 16, 5, tzinfo=UTC),
        public_key=key.public_key,
        signature=key.sign(rules.head_bytes(day, 8, root)),
    )
    assert rules.is_signed(head)
    assert not rules.is_signed(replace(head, size=7))
    assert not rules.is_signed(replace(head, day=date(2026, 11, 24)))
    assert not rules.is_signed(replace(head, root=rules.root_of(LEAVES[:7])))
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert not rules.is_signed(replace(head, public_key=stranger))


def test_the_key_is_the_standards_first_vector() -> None:
    """RFC 8032, 7.1, test 1."""
    key = HeadKey(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.public_key.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155")
