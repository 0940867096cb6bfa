"""Where a page of a list begins, as a text that says nothing to anybody else.

Sealed: it may hold what tells rows apart, such as the number of a person. It opens for the same question of the same
person only, and the same place is the same text, so that an answer that has not changed keeps its ETag.
"""

from __future__ import annotations

import base64
import binascii
from typing import TypeVar

import msgspec

from dashboard.api.problems import ProblemError
from github.cipher import Cipher, SealBrokenError

Place = TypeVar("Place")
LONGEST = 4000
NONE = "This cursor does not belong to this question; begin without one."


def sealed(cipher: Cipher, question: str, place: object) -> str:
    """Return the cursor of a place; `question` is everything that the place is one of."""
    text = msgspec.json.encode(place).decode()
    return base64.urlsafe_b64encode(cipher.seal_alike(text, purpose(question))).decode().rstrip("=")


def opened(cipher: Cipher, question: str, cursor: str, kind: type[Place]) -> Place:
    """Return the place of a cursor; raises 422 for one that was not made for this question."""
    if len(cursor) > LONGEST:
        raise ProblemError(422, NONE)
    try:
        found = cipher.open(
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True), purpose(question)
        )
        return msgspec.json.decode(found, type=kind)
    except (SealBrokenError, binascii.Error, ValueError):
        raise ProblemError(422, NONE) from None


def purpose(question: str) -> str:
    """Return what a cursor is sealed for."""
    return f"a page of the data API: {question}"
