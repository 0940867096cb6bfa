"""Encrypting what must be kept and be read again: AES-256-GCM with a key derived from a secret of the environment.

AES-GCM: NIST SP 800-38D, with random nonces of 96 bits. The derivation is HKDF with SHA-256, RFC 5869. cryptography is
imported when the first text is sealed or opened: a server whose dashboard nobody opens needs it for nothing.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32
PURPOSE = b"almanac: what is kept of people who signed in, 1"
NONCES = b"almanac: nonces of what is sealed alike, 1"


class SealBrokenError(Exception):
    """A sealed text was not made with this key for this purpose, or was changed since."""


@dataclass(frozen=True)
class Cipher:
    """Seals texts under the key that follows from `secret`: bytes of the operator's, or the App's private key.

    former: secrets that another has taken the place of; what was sealed under them is opened still.
    """

    secret: bytes = field(repr=False)
    former: tuple[bytes, ...] = field(default=(), repr=False)

    def seal(self, text: str, purpose: str) -> bytes:
        """Return `text` encrypted; it opens only with the same secret and the same `purpose`, which is not secret."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self.key.encrypt(nonce, text.encode(), purpose.encode())

    def seal_alike(self, text: str, purpose: str) -> bytes:
        """Return the same as `seal`, and the same bytes for the same text and purpose, which tells that they are.

        The nonce is HMAC-SHA-256 of both under a key of its own, so that two texts share one by chance only.
        """
        said = len(purpose.encode()).to_bytes(8) + purpose.encode() + text.encode()
        nonce = hmac.digest(self.nonces, said, "sha256")[:NONCE_BYTES]
        return nonce + self.key.encrypt(nonce, text.encode(), purpose.encode())

    def open(self, sealed: bytes, purpose: str) -> str:
        """Return what was sealed for `purpose`; raise SealBrokenError for anything else."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415

        for key in (self.key, *self.former_keys):
            try:
                return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode()).decode()
            except (InvalidTag, ValueError):  # too short, or not this key's
                continue
        raise SealBrokenError("this was not sealed here")

    @cached_property
    def former_keys(self) -> tuple[AESGCM, ...]:
        """The keys that follow from the former secrets, derived once."""
        return tuple(Cipher(secret).key for secret in self.former)

    @cached_property
    def key(self) -> AESGCM:
        """The key, derived once."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        return AESGCM(self.derived(PURPOSE))

    @cached_property
    def nonces(self) -> bytes:
        """The key that nonces of texts sealed alike follow from."""
        return self.derived(NONCES)

    def derived(self, purpose: bytes) -> bytes:
        """Return a key for one purpose."""
        from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

        return HKDF(SHA256(), KEY_BYTES, None, purpose).derive(self.secret)
