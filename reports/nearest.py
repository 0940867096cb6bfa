"""The valid word that is nearest to what somebody wrote."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

LONGEST_WORD = 40  # nobody mistypes a name that long; and comparing takes time with the square of the length


def nearest(word: str, valid: Sequence[str]) -> str | None:
    """Return the nearest of `valid` words, None if none is near.

    A slip of the keyboard counts (`puls`, `isseus`), and so does a part of a name (`merge`, `matrix`).
    """
    typed = word.casefold()
    if not typed or len(typed) > LONGEST_WORD:
        return None
    whole = [name for name in valid if typed in name.split("-")]
    close = difflib.get_close_matches(typed, valid, n=1, cutoff=0.6)
    begun = [name for name in valid if len(typed) >= 3 and any(part.startswith(typed) for part in name.split("-"))]
    pieces = {piece: name for name in reversed(valid) for piece in name.split("-") if len(piece) > 3}
    misspelt = [pieces[piece] for piece in difflib.get_close_matches(typed, pieces, n=1, cutoff=0.75)]
    return next(iter([*whole, *close, *begun, *misspelt]), None)
