"""What others may hold of the log: leaves, heads and the proofs that lead to them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType, Protocol

LeafId = NewType("LeafId", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One recorded hash; ``position`` counts from 0 and is None until the sequencer has given it."""

    id: LeafId
    leaf_hash: bytes
    recorded_at: datetime
    position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The log as it stood at the end of a business day: how many leaves, their root, and who signed it."""

    day: date
    size: int
    root: bytes
    signed_at: datetime
    public_key: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProof:
    """Hashes that lead from one leaf to the root of the first ``size`` leaves (RFC 6962, 2.1.1)."""

    leaf_hash: bytes
    position: int
    size: int
    root: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyProof:
    """Hashes that show that the first ``first`` leaves are still the beginning (RFC 6962, 2.1.2)."""

    first: int
    second: int
    first_root: bytes
    second_root: bytes
    path: tuple[bytes, ...]


class Signer(Protocol):
    """Signs the bytes of a head with Ed25519 (RFC 8032)."""

    @property
    def public_key(self) -> bytes: ...

    def sign(self, message: bytes) -> bytes: ...
