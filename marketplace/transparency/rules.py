"""The Merkle tree of RFC 6962, section 2.1, over hashes of leaves; pure.

Complete subtrees are kept as nodes by level and place (level 0 are the leaves), so that roots and proofs of
any size are put together from a handful of nodes. Proofs are checked as RFC 9162, sections 2.1.3.2 and
2.1.4.2, describes.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from marketplace.transparency.types import ConsistencyProof, Head, InclusionProof

EMPTY_ROOT = hashlib.sha256(b"").digest()
HEAD_LABEL = "qianhuo-ruyue transparency head v1"


class Place(NamedTuple):
    """A complete subtree: ``2 ** level`` leaves, number ``nth`` of its level from the left."""

    level: int
    nth: int


class Span(NamedTuple):
    """Neighbouring leaves, from ``start`` up to but without ``end``."""

    start: int
    end: int


def leaf_hash(content: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def cover(span: Span) -> tuple[Place, ...]:
    """Return the complete subtrees that make up neighbouring leaves, from the left."""
    places: list[Place] = []
    start = span.start
    while start < span.end:
        level = (span.end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        places.append(Place(level, start >> level))
        start += 1 << level
    return tuple(places)


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the root over the subtrees that ``cover`` named, in their order."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for one in reversed(hashes[:-1]):
        root = node_hash(one, root)
    return root


def inclusion_spans(position: int, size: int) -> tuple[Span, ...]:
    """Return the spans whose roots lead from a leaf to the root of the first ``size`` leaves.

    In the order of the audit path, from the leaf upwards (RFC 6962, 2.1.1).
    """
    if not 0 <= position < size:
        raise ValueError("the leaf lies outside the tree")
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return tuple(reversed(spans))


def consistency_spans(first: int, second: int) -> tuple[Span, ...]:
    """Return the spans whose roots show that the first tree begins the second (RFC 6962, 2.1.2)."""
    if not 0 < first <= second:
        raise ValueError("the first tree must be the smaller one, and not empty")
    spans: list[Span] = []
    start, end, whole = 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start, whole = middle, False
    return tuple(reversed(spans)) if whole else (Span(start, end), *reversed(spans))


def grow(peaks: Sequence[bytes], size: int, leaves: Iterable[bytes]) -> list[tuple[Place, bytes]]:
    """Return every subtree that becomes complete when leaves join a tree of ``size`` leaves.

    ``peaks`` are the hashes of ``cover(Span(0, size))``.
    """
    stack = list(zip(cover(Span(0, size)), peaks, strict=True))
    made: list[tuple[Place, bytes]] = []
    for offset, leaf in enumerate(leaves):
        place, hashed = Place(0, size + offset), leaf
        made.append((place, hashed))
        while place.nth % 2:
            hashed = node_hash(stack.pop()[1], hashed)
            place = Place(place.level + 1, place.nth // 2)
            made.append((place, hashed))
        stack.append((place, hashed))
    return made


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes that are all at hand."""
    nodes = dict(grow((), 0, leaves))
    return fold([nodes[place] for place in cover(Span(0, len(leaves)))])


def is_included(proof: InclusionProof) -> bool:
    """Tell whether a leaf stands at its position in the tree of that root (RFC 9162, 2.1.3.2)."""
    if not 0 <= proof.position < proof.size:
        return False
    index, last, root = proof.position, proof.size - 1, proof.leaf_hash
    for one in proof.path:
        if last == 0:
            return False
        if index % 2 or index == last:
            root = node_hash(one, root)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            root = node_hash(root, one)
        index, last = index >> 1, last >> 1
    return last == 0 and root == proof.root


def is_consistent(proof: ConsistencyProof) -> bool:
    """Tell whether the first tree is the beginning of the second (RFC 9162, 2.1.4.2)."""
    if not 0 < proof.first <= proof.second:
        return False
    if proof.first == proof.second:
        return not proof.path and proof.first_root == proof.second_root
    power_of_two = proof.first & (proof.first - 1) == 0
    path = [proof.first_root, *proof.path] if power_of_two else list(proof.path)
    if not path:
        return False
    index, last = proof.first - 1, proof.second - 1
    while index % 2:
        index, last = index >> 1, last >> 1
    first_root = second_root = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if index % 2 or index == last:
            first_root, second_root = node_hash(one, first_root), node_hash(one, second_root)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            second_root = node_hash(second_root, one)
        index, last = index >> 1, last >> 1
    return last == 0 and first_root == proof.first_root and second_root == proof.second_root


def head_bytes(day: date, size: int, root: bytes) -> bytes:
    """Return what is signed: four lines of text, so that a person can check it with any Ed25519 tool."""
    return f"{HEAD_LABEL}\n{day.isoformat()}\n{size}\n{root.hex()}\n".encode()


def is_signed(head: Head) -> bool:
    """Tell whether a head's signature is that of its public key (RFC 8032)."""
    try:
        Ed25519PublicKey.from_public_bytes(head.public_key).verify(
            head.signature, head_bytes(head.day, head.size, head.root)
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def _split(size: int) -> int:
    """Return the largest power of two below a size of at least two."""
    return 1 << ((size - 1).bit_length() - 1)
