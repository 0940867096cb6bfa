"""Where processes that speak for one installation keep together what GitHub allows it.

A port of plain values: `storage.github_limits` keeps them in PostgreSQL, and neither package imports the other. Spans
are seconds from now by the board's own clock, since those of machines differ; `reset_at` is GitHub's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

Said = tuple[str, float | None, int | None, int | None, datetime | None]
"""A kind of limit, for how many seconds it rests, and of its hour: the limit, what remains of it, when it is reset."""


class Board(Protocol):
    """What is known together of one installation; each call costs one statement."""

    async def turn(self, tokens: int, minute: int, hour: int, ahead: float) -> tuple[bool, float, float]:
        """Take the next turn to write if it comes within `ahead` seconds.

        tokens: how many turns beside the next may have been saved up, at one a second · minute, hour: how many may be
        given within each. Returns whether it was given, in how many seconds it comes, and when the next one would if
        none were saved up.
        """

    async def hear(self) -> Sequence[Said]:
        """Return what GitHub has said last, to whichever process."""

    async def meet(
        self, told: Sequence[Said], kind: str, points: int, *, renew: bool
    ) -> tuple[Sequence[Said], int, float, bool, bool]:
        """Tell what GitHub has said here, ask for points of a kind, and hear.

        renew: hold this process's place for another minute, or take one. Returns what GitHub has said, how many points
        were given, or after how many seconds there are as many as asked for, whether the place is held, and whether
        places are scarce.
        """

    async def leave(self) -> None:
        """Give this process's place back."""
