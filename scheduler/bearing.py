"""Which refusals and outages concern one repository, and which all of them: one must not cost the others their day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from reports.capture_words import NO_PERMISSION
from storage.captures import READ, Outcome

Kept = TypeVar("Kept")

OUTAGE = 5  # repositories that cannot be read, one after the other: then another one is asked whether it is GitHub
REFUSALS = 2  # different repositories refused for a permission, none read: then it is the installation's


@dataclass
class Bearing(Generic[Kept]):
    """What a run has met with so far. `doubtful`: what could not be read since the last that could, in this slice.

    enough: how many refusals for want of a permission speak for the whole installation.
    """

    enough: int = REFUSALS
    read: int = 0
    refusals: int = 0
    doubtful: list[Kept] = field(default_factory=list)

    def met(self, endings: Iterable[tuple[Outcome, str | None]]) -> None:
        """Note how repositories ended, and why: what the run's log holds already, and each one that comes."""
        for outcome, reason in endings:
            self.read += outcome in READ
            self.refusals += outcome == "refused" and NO_PERMISSION in (reason or "")

    def could_not(self, what: Kept) -> bool:
        """Note one that GitHub could not show just now; return whether that may be an outage."""
        self.doubtful.append(what)
        return len(self.doubtful) >= OUTAGE

    def settled(self) -> list[Kept]:
        """Note that GitHub does answer; return those that could not be read meanwhile: it was they."""
        settled, self.doubtful = self.doubtful, []
        return settled

    @property
    def lacks_permission(self) -> bool:
        """Tell whether it is the whole installation that lacks the permission, so that nothing more is asked."""
        return self.read == 0 and self.refusals >= self.enough
