"""What GitHub says about a repository's traffic, and which days an answer speaks for.

The rule of keeping is simple: per repository, day and kind the maximum ever seen of the count and of the uniques, each
for itself. What has to be said here is which days an answer covers, since a covered day without traffic is zero and
a day that no answer covered is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

Kind = Literal["views", "clones"]

# How many days an answer speaks for: the UTC date of its capture and the 13 before it.
SPAN = 14
# A day is provisional until an answer given at least this many days later has covered it: the newest day still grows
# and may lag.
SETTLING = 2


@dataclass(frozen=True, slots=True)
class Count:
    """How often, and by how many different people or machines; uniques are never added up."""

    count: int
    uniques: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """One answer of /traffic/views or /traffic/clones by day.

    total: the answer's own, so the true 14-day uniques · days: those that are listed.
    """

    total: Count
    days: Mapping[date, Count]


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a top-10 list: a referrer or a path, and what a path's page is called."""

    name: str
    count: int
    uniques: int
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """What GitHub showed of one repository at one moment; a part that could not be read is None.

    Weeks are keyed by their Monday, as listed. `raw` has each part's body as it came, under views, clones, view_weeks,
    clone_weeks, referrers and paths.
    """

    repository_id: int
    captured_at: datetime
    views: Traffic | None
    clones: Traffic | None
    view_weeks: Mapping[date, Count] | None
    clone_weeks: Mapping[date, Count] | None
    referrers: tuple[Listed, ...] | None
    paths: tuple[Listed, ...] | None
    raw: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A repository's public counters at one moment; None is what could not be read."""

    repository_id: int
    taken_at: datetime
    stars: int | None
    forks: int | None
    watchers: int | None
    open_issues: int | None
    open_pulls: int | None


def known_days(days: Mapping[date, Count], captured_on: date) -> dict[date, Count]:
    """Return what an answer given on a UTC date says about each day, in order.

    Every listed day counts, also older ones than SPAN and ones after `captured_on` (clocks differ); of the SPAN days up
    to `captured_on` those not listed are zero.
    """
    covered = {captured_on - timedelta(days=back): Count(0, 0) for back in range(SPAN)}
    return dict(sorted({**covered, **days}.items()))


def whole_weeks(weeks: Mapping[date, Count], captured_on: date) -> dict[date, Count]:
    """Return the listed weeks, by Monday and in order, that an answer given on a UTC date shows from end to end.

    Such a week began within the SPAN days and was over. A covered week that is not listed had no traffic, but is left
    to the days to say.
    """
    oldest, newest = captured_on - timedelta(days=SPAN - 1), captured_on - timedelta(days=7)
    return {week: total for week, total in sorted(weeks.items()) if oldest <= week <= newest}
