"""One named row of values, as bars and lines draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Series:
    """A label and one value per bucket or moment; None is unknown (drawn as a gap), never zero.

    accent: this series is the finding; the others step back behind it.
    """

    label: str
    values: tuple[float | None, ...]
    accent: bool = False

    @property
    def known(self) -> tuple[float, ...]:
        """The values that are known, in order."""
        return tuple(value for value in self.values if value is not None)

    @property
    def total(self) -> float:
        return sum(self.known)


def unknown_runs(values: Sequence[float | None]) -> list[tuple[int, int]]:
    """Return the first and last index of every run of unknown values."""
    runs: list[tuple[int, int]] = []
    for index, value in enumerate(values):
        if value is None and runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        elif value is None:
            runs.append((index, index))
    return runs
