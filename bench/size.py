"""How much to measure, and whom to tell how far it has come."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """`quick` measures a little of everything: it shows that the benchmarks run, not what the figures are.

    minutes: how long what takes as long as one likes is to take · only: of what has many parts, those whose names have
    this in them · kills: how often what is killed is to be killed · inputs: how many are made up by chance.
    """

    quick: bool = False
    minutes: float | None = None
    only: str = ""
    kills: int | None = None
    inputs: int | None = None

    def tell(self, line: str) -> None:
        """Say on standard error what is being done."""
        print(f"    {line}", file=sys.stderr, flush=True)
