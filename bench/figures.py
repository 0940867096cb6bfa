"""What a benchmark returns: figures with the target that each is held to, as one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the table. `met` is None where there is no target, or where a small size says nothing about it."""

    what: str
    value: str
    target: str = ""
    met: bool | None = None


def at_most(what: str, value: float, limit: float, unit: str, digits: int = 1) -> Figure:
    """Return a figure that must not exceed `limit`."""
    return Figure(what, f"{value:,.{digits}f} {unit}".strip(), f"<= {limit:g} {unit}".strip(), value <= limit)


def at_least(what: str, value: float, limit: float, unit: str, digits: int = 2) -> Figure:
    """Return a figure that must reach `limit`."""
    return Figure(what, f"{value:,.{digits}f} {unit}".strip(), f">= {limit:g} {unit}".strip(), value >= limit)


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as aligned lines."""
    what = max(len(figure.what) for figure in figures)
    value = max(len(figure.value) for figure in figures)
    target = max(len(figure.target) for figure in figures)
    words = {True: "met", False: "MISSED", None: ""}
    lines = (
        f"  {figure.what:<{what}}  {figure.value:>{value}}  {figure.target:<{target}}  {words[figure.met]}".rstrip()
        for figure in figures
    )
    return "\n".join(lines)
