"""What every reader of another tool's data gives: one frozen value for each repository that it found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from analytics.traffic import Count, Kind, Listed

Days = Mapping[date, Count]


@dataclass(frozen=True, slots=True)
class Standing:
    """A repository's public counters at one moment; None is what the file does not say."""

    taken_at: datetime
    stars: int | None = None
    forks: int | None = None
    watchers: int | None = None
    open_issues: int | None = None
    open_pulls: int | None = None


@dataclass(frozen=True, slots=True)
class Starred:
    """A star by GitHub's number of the person, and when it was taken back; when it was given may be unknown."""

    user_id: int
    starred_at: datetime | None
    unstarred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """One repository's history as a file tells it, days in order; a day that is not here is unknown.

    `repository` is `owner/name` and `repository_id` GitHub's number, where the file says them. Weeks are keyed by their
    Monday, lists and standings by the UTC date on which GitHub showed them. `notes` are sentences on what was left out.
    """

    repository: str | None = None
    repository_id: int | None = None
    views: Days = field(default_factory=dict)
    clones: Days = field(default_factory=dict)
    view_weeks: Days = field(default_factory=dict)
    clone_weeks: Days = field(default_factory=dict)
    referrers: Mapping[date, tuple[Listed, ...]] = field(default_factory=dict)
    paths: Mapping[date, tuple[Listed, ...]] = field(default_factory=dict)
    standings: Mapping[date, Standing] = field(default_factory=dict)
    stars: tuple[Starred, ...] = ()
    notes: tuple[str, ...] = ()

    def days(self, kind: Kind) -> Days:
        """Return the daily series of one kind."""
        return self.views if kind == "views" else self.clones

    def weeks(self, kind: Kind) -> Days:
        """Return the weekly series of one kind."""
        return self.view_weeks if kind == "views" else self.clone_weeks

    @property
    def rows(self) -> int:
        """How many facts there are: days and weeks of each kind, lines of lists, standings, stars."""
        series = (self.views, self.clones, self.view_weeks, self.clone_weeks, self.standings, self.stars)
        lists = (*self.referrers.values(), *self.paths.values())
        return sum(len(one) for one in (*series, *lists))

    @property
    def span(self) -> tuple[date, date] | None:
        """The first and the last UTC date that anything here is about; None if there is nothing."""
        keyed = (self.views, self.clones, self.view_weeks, self.clone_weeks, self.referrers, self.paths, self.standings)
        moments = [at for star in self.stars for at in (star.starred_at, star.unstarred_at) if at is not None]
        dates = [day for one in keyed for day in one] + [at.date() for at in moments]
        return (min(dates), max(dates)) if dates else None


def merge_days(into: dict[date, Count], days: Days) -> None:
    """Put `days` into a series by the rule of keeping: the larger count and the larger uniques, each for itself."""
    for day, found in days.items():
        known = into.get(day)
        into[day] = found if known is None else larger(known, found)


def larger(one: Count, other: Count) -> Count:
    """Return the larger count and the larger uniques, each for itself."""
    return Count(max(one.count, other.count), max(one.uniques, other.uniques))


def ordered(days: Mapping[date, Count]) -> dict[date, Count]:
    """Return the series by date."""
    return dict(sorted(days.items()))


def ranked(lines: Sequence[Listed]) -> tuple[Listed, ...]:
    """Return a list as GitHub would show it: by count, then by uniques, then by name."""
    return tuple(sorted(lines, key=lambda line: (-line.count, -line.uniques, line.name)))
