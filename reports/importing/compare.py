"""What an import would do to what is stored: new, raised, lower, unchanged; nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from analytics.traffic import Count
from reports.importing.imported import Days, larger

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Difference:
    """A day that is stored with other numbers than the file has; `kept` has the larger of each."""

    day: date
    stored: Count
    found: Count

    @property
    def kept(self) -> Count:
        return larger(self.stored, self.found)

    @property
    def raises(self) -> bool:
        return self.kept != self.stored


@dataclass(frozen=True, slots=True)
class Comparison:
    """One series beside what is stored of it. A difference that raises something is raised, every other one lower."""

    what: str
    first: date | None
    last: date | None
    new: int
    raised: int
    lower: int
    unchanged: int
    differences: tuple[Difference, ...] = ()

    @property
    def total(self) -> int:
        return self.new + self.raised + self.lower + self.unchanged

    @property
    def changes(self) -> int:
        """How many rows a write would add or change."""
        return self.new + self.raised


def compare_days(what: str, found: Days, stored: Days) -> Comparison:
    """Compare a series with what is stored of it."""
    differences = tuple(
        Difference(day, stored[day], count) for day, count in found.items() if day in stored and stored[day] != count
    )
    new = sum(day not in stored for day in found)
    raised = sum(difference.raises for difference in differences)
    lower = len(differences) - raised
    return Comparison(what, *ends(found), new, raised, lower, len(found) - new - len(differences), differences)


def compare_kept(
    what: str, found: Mapping[Key, Value], stored: Mapping[Key, Value], dates: Iterable[date]
) -> Comparison:
    """Compare what is never merged: what is stored stays as it is, and where it differs the file's counts as lower."""
    new = sum(key not in stored for key in found)
    same = sum(key in stored and stored[key] == value for key, value in found.items())
    return Comparison(what, *ends(dates), new, 0, len(found) - new - same, same)


def ends(dates: Iterable[date]) -> tuple[date | None, date | None]:
    """Return the first and the last date."""
    known = list(dates)
    return (min(known), max(known)) if known else (None, None)
