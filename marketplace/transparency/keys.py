"""The key that signs the heads: made once, kept among the installation's secrets, never in the database."""

import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from marketplace.kernel.storage import write_private

_NAME = "transparency_ed25519"
_SEED_BYTES = 32


class HeadKey:
    """An Ed25519 key pair (RFC 8032), made from its seed of 32 bytes."""

    def __init__(self, seed: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def head_key(data_dir: Path) -> HeadKey:
    """Return the installation's key; the first to ask makes it, readable by its owner alone."""
    path = data_dir / "secrets" / _NAME
    if not path.exists():
        write_private(path, secrets.token_bytes(_SEED_BYTES).hex())
    return HeadKey(bytes.fromhex(path.read_text().strip()))
