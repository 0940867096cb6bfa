"""Traffic as GitHub shows it: the last 14 days of views and clones, and two lists of ten. Two sources know it.

`sandbox.traffic_replay` repeats what GitHub once answered, `sandbox.traffic_generated` makes visitors up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, Protocol

Kind = Literal["views", "clones"]
Per = Literal["day", "week"]

KINDS: tuple[Kind, ...] = ("views", "clones")
SPAN = timedelta(days=14)  # what an answer looks back over
TOP = 10  # lines of the lists of referrers and paths


@dataclass(frozen=True, slots=True)
class Counted:
    """How many views or clones there were, and how many different visitors made them."""

    count: int
    uniques: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a list of ten; a path's `title` is None where nobody knows the page's."""

    name: str
    count: int
    uniques: int
    title: str | None = None


NOTHING = Counted(0, 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its own total over the 14 days, and its days (or weeks, by their Monday) that had any traffic."""

    total: Counted = NOTHING
    listed: Mapping[date, Counted] = field(default_factory=dict)


class Traffic(Protocol):
    """What a repository's visitors did, as it shows at a moment of the sandbox's clock."""

    def answer(self, kind: Kind, per: Per, now: datetime) -> Answer:
        """Return the answer of `/traffic/views` or `/traffic/clones`."""
        ...

    def referrers(self, now: datetime) -> Sequence[Ranked]:
        """Return the ten busiest referrers."""
        ...

    def paths(self, now: datetime, full_name: str) -> Sequence[Ranked]:
        """Return the ten busiest paths; `full_name` is what the repository is called now."""
        ...

    def runs(self, since: datetime, until: datetime) -> Sequence[datetime]:
        """Return when workflow runs began, in order, in [since, until); each checks the repository out."""
        ...


def monday(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
