"""One private key for every App that the tests register: making one takes longer than most tests."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa


@cache
def app_key() -> rsa.RSAPrivateKey:
    """Return the App's key, made once in each process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
