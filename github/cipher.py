"""Encrypting what must be kept and be read again: AES-256-GCM with a key derived from a secret of the environment.

AES-GCM: NIST SP 800-38D, with random nonces of 96 bits. The derivation is HKDF with SHA-256, RFC 5869. cryptography is
imported when the first text is sealed or opened: a server whose dashboard nobody opens needs it for nothing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32
PURPOSE = b"almanac: what is kept of people who signed in, 1"


class SealBrokenError(Exception):
    """A sealed text was not made with this key for this purpose, or was changed since."""


@dataclass(frozen=True)
class Cipher:
    """Seals texts under the key that follows from `secret`: bytes of the operator's, or the App's private key."""

    secret: bytes = field(repr=False)

    def seal(self, text: str, purpose: str) -> bytes:
        """Return `text` encrypted; it opens only with the same secret and the same `purpose`, which is not secret."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self.key.encrypt(nonce, text.encode(), purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> str:
        """Return what was sealed for `purpose`; raise SealBrokenError for anything else."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        try:
            return self.key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode()).decode()
        except (InvalidTag, ValueError):  # too short, or not ours
            raise SealBrokenError("this was not sealed here") from None

    @cached_property
    def key(self) -> AESGCM:
        """The key, derived once."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        return AESGCM(HKDF(SHA256(), KEY_BYTES, None, PURPOSE).derive(self.secret))
