"""Which refusals and outages concern one repository, and which all of them: one must not cost the others their day."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

Kept = TypeVar("Kept")

OUTAGE = 5  # repositories in a row that cannot be read: then it is GitHub, and not they
REFUSALS = 2  # different repositories refused for a permission, none read: then it is the installation's


@dataclass
class Bearing(Generic[Kept]):
    """What a slice of a run has met with so far. `doubtful`: what could not be read since the last that could."""

    doubtful: list[Kept] = field(default_factory=list)
    read: int = 0
    refusals: int = 0

    def could_not(self, what: Kept) -> bool:
        """Note one that GitHub could not show just now; return whether that is an outage."""
        self.doubtful.append(what)
        return len(self.doubtful) >= OUTAGE

    def answered(self) -> list[Kept]:
        """Note that GitHub does answer; return those that could not be read meanwhile: it was they."""
        self.read += 1
        settled, self.doubtful = self.doubtful, []
        return settled

    def refused(self) -> bool:
        """Note a refusal for want of a permission; return whether it is the whole installation that lacks it."""
        self.refusals += 1
        return self.read == 0 and self.refusals >= REFUSALS
