"""The texts of several commands in one comment: each as it is published, so that it can stay when others change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.words import speaking
from reports import room
from reports.answer import Answer
from reports.markdown import PictureLinks, fitted
from reports.room import BETWEEN, together

__all__ = ["BETWEEN", "Piece", "arranged", "together"]


@dataclass(frozen=True, slots=True)
class Piece:
    """An answer, or Markdown such as help or a mistake's sentence.

    links: where an answer's pictures are reached, None where their text stands in for them · language: how its numbers
    and dates are written.
    """

    content: Answer | str
    links: PictureLinks | None = None
    language: str = "en"

    def fitted(self, limit: int) -> str:
        """Return it as Markdown of at most `limit` characters, with as much detail as that allows."""
        with speaking(self.language):
            return fitted(self.content, self.links, limit)


def arranged(pieces: Sequence[Piece], key: str | None) -> list[str]:
    """Return each piece as Markdown, all of which fit into one comment with its hidden key."""
    return room.arranged([piece.fitted for piece in pieces], key)
