"""The part of an answering comment that answers one of the commands."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from handlers.grammar import Call, meaning
from reports.parts import Piece
from storage.answer_parts import AnswerPart


@dataclass
class Part:
    """What one command is answered with, piece by piece.

    meaning: the command, in words that make two the same; None where the next version is answered anew in any case ·
    pictures, files: addresses that belong to it · mistaken: whether it was refused, in whole or in part.
    """

    meaning: str | None
    pieces: list[Piece] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    mistaken: bool = False

    @classmethod
    def kept(cls, stored: AnswerPart) -> Part:
        """Return a part as it was published."""
        return cls(stored.meaning, [Piece(stored.markdown)], list(stored.pictures), list(stored.files), stored.mistaken)


def meant(call: Call) -> str:
    """Return a command in words that are equal for two that ask the same, as they are stored."""
    return msgspec.json.encode(meaning(call)).decode()
