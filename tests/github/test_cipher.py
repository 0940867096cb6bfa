"""What is sealed opens with the same secret for the same purpose, and with nothing else."""

from __future__ import annotations

import pytest

from github.cipher import Cipher, SealBrokenError

CIPHER = Cipher(b"a secret of the environment")


def test_what_was_sealed_opens_again() -> None:
    sealed = CIPHER.seal("ghu_ümlaut", "access/7")
    assert CIPHER.open(sealed, "access/7") == "ghu_ümlaut"
    assert Cipher(b"a secret of the environment").open(sealed, "access/7") == "ghu_ümlaut"
    assert b"ghu" not in sealed


def test_no_two_seals_of_one_text_are_alike() -> None:
    assert CIPHER.seal("same", "p") != CIPHER.seal("same", "p")


@pytest.mark.parametrize("where", [0, 11, 12, -1])
def test_a_changed_bit_opens_nothing(where: int) -> None:
    sealed = bytearray(CIPHER.seal("text", "p"))
    sealed[where] ^= 1
    with pytest.raises(SealBrokenError):
        CIPHER.open(bytes(sealed), "p")


@pytest.mark.parametrize(
    ("cipher", "sealed", "purpose"),
    [
        (Cipher(b"another secret"), CIPHER.seal("text", "p"), "p"),
        (CIPHER, CIPHER.seal("text", "p"), "q"),
        (CIPHER, b"", "p"),
        (CIPHER, b"short", "p"),
    ],
    ids=["another secret", "another purpose", "nothing", "too short"],
)
def test_anything_else_opens_nothing(cipher: Cipher, sealed: bytes, purpose: str) -> None:
    with pytest.raises(SealBrokenError):
        cipher.open(sealed, purpose)


def test_the_secret_never_shows() -> None:
    assert "environment" not in repr(CIPHER)


def test_what_is_sealed_alike_is_alike_and_opens_as_any_other() -> None:
    sealed = CIPHER.seal_alike("same", "p")
    assert sealed == CIPHER.seal_alike("same", "p")
    assert CIPHER.open(sealed, "p") == "same"
    others = {CIPHER.seal_alike("same", "q"), CIPHER.seal_alike("Same", "p"), CIPHER.seal_alike("psame", "")}
    others.add(Cipher(b"another secret").seal_alike("same", "p"))
    assert len({one[:12] for one in (sealed, *others)}) == 5, "no two texts share a nonce"


def test_what_was_sealed_under_a_former_secret_opens_until_that_is_taken_away() -> None:
    kept = CIPHER.seal("ghu_kept", "access/7")
    exchanged = Cipher(b"the next secret", (CIPHER.secret, b"the one before"))
    assert exchanged.open(kept, "access/7") == "ghu_kept"
    with pytest.raises(SealBrokenError):
        exchanged.open(kept, "access/8")
    sealed = exchanged.seal("ghu_kept", "access/7")
    assert Cipher(b"the next secret").open(sealed, "access/7") == "ghu_kept", "nothing is sealed under a former one"
    with pytest.raises(SealBrokenError):
        Cipher(b"the next secret").open(kept, "access/7")
    assert b"the one before".decode() not in repr(exchanged)
