"""One repository's history while its files are being read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from analytics.traffic import Count, Kind, Listed
from reports.importing.cells import pair
from reports.importing.imported import Imported, Standing, Starred, merge_days, ordered, ranked

# the pairs of columns that a day or a week has, by what they count
PAIRS: tuple[tuple[Kind, str, str], ...] = (("views", "views", "view_uniques"), ("clones", "clones", "clone_uniques"))


@dataclass(slots=True)
class Draft:
    """What was found so far, under the names of `Imported`."""

    days: dict[Kind, dict[date, Count]] = field(default_factory=lambda: {"views": {}, "clones": {}})
    weeks: dict[Kind, dict[date, Count]] = field(default_factory=lambda: {"views": {}, "clones": {}})
    referrers: dict[date, tuple[Listed, ...]] = field(default_factory=dict)
    paths: dict[date, tuple[Listed, ...]] = field(default_factory=dict)
    standings: dict[date, Standing] = field(default_factory=dict)
    stars: dict[int, Starred] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def merge(self, days: Mapping[Kind, Mapping[date, Count]]) -> None:
        """Put daily series in by the rule of keeping."""
        for kind, series in days.items():
            merge_days(self.days[kind], series)

    def stand(self, standing: Standing) -> None:
        """Keep a standing unless a later one of its UTC date is there."""
        day = standing.taken_at.date()
        if day not in self.standings or self.standings[day].taken_at <= standing.taken_at:
            self.standings[day] = standing

    def done(self, repository: str | None = None, repository_id: int | None = None) -> Imported:
        """Return it as a value, everything in order."""
        return Imported(
            repository=repository,
            repository_id=repository_id,
            views=ordered(self.days["views"]),
            clones=ordered(self.days["clones"]),
            view_weeks=ordered(self.weeks["views"]),
            clone_weeks=ordered(self.weeks["clones"]),
            referrers=dict(sorted(self.referrers.items())),
            paths=dict(sorted(self.paths.items())),
            standings=dict(sorted(self.standings.items())),
            stars=tuple(star for _, star in sorted(self.stars.items())),
            notes=tuple(self.notes),
        )


def put_pairs(series: Mapping[Kind, dict[date, Count]], day: date, cells: Mapping[str, str]) -> None:
    """Put one row's counts into both series; a kind that the row does not know is left out."""
    for kind, count, uniques in PAIRS:
        found = pair(cells, count, uniques)
        if found is not None:
            series[kind][day] = found


def put_line(lines: dict[date, list[Listed]], day: date, line: Listed) -> None:
    """Add a line to a date's list; a name that is there already raises ValueError."""
    known = lines.setdefault(day, [])
    if any(other.name == line.name for other in known):
        raise ValueError(f"{line.name!r} is there twice on {day}")
    known.append(line)


def ranked_lists(lines: Mapping[date, list[Listed]]) -> dict[date, tuple[Listed, ...]]:
    """Return each date's list in GitHub's order."""
    return {day: ranked(known) for day, known in lines.items()}
