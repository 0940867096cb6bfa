"""Answers that GitHub once gave, given again: at any time the latest one captured at or before it.

The days and their numbers are exactly those listed then. What was not captured is made of the days, and is no truth:
the total and each week count the sum of the listed days, and as uniques the largest of them, the least there can be.
Before the first capture nothing is listed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sandbox.clock import iso
from sandbox.traffic import Answer, Counted, Kind, Per, Ranked, monday


@dataclass(frozen=True, slots=True)
class Window:
    """What GitHub showed of one repository at `captured_at` (`2022-11-25T17:28:09Z`)."""

    captured_at: str
    views: Mapping[date, Counted]
    clones: Mapping[date, Counted]
    referrers: tuple[Ranked, ...] = ()
    paths: tuple[Ranked, ...] = ()


EMPTY = Window("", {}, {})


@dataclass(frozen=True)
class Replay:
    """The windows of one repository, oldest first."""

    windows: tuple[Window, ...]

    @cached_property
    def _moments(self) -> list[str]:
        return [one.captured_at for one in self.windows]

    def _window(self, now: datetime) -> Window:
        place = bisect_right(self._moments, iso(now))
        return self.windows[place - 1] if place else EMPTY

    def answer(self, kind: Kind, per: Per, now: datetime) -> Answer:
        window = self._window(now)
        days = window.views if kind == "views" else window.clones
        return Answer(_together(days.values()), days if per == "day" else _weeks(days))

    def referrers(self, now: datetime) -> Sequence[Ranked]:
        return self._window(now).referrers

    def paths(self, now: datetime, full_name: str) -> Sequence[Ranked]:  # noqa: ARG002 - they were captured with the name
        return self._window(now).paths

    def runs(self, since: datetime, until: datetime) -> Sequence[datetime]:  # noqa: ARG002 - none were captured
        return ()


def _together(days: Iterable[Counted]) -> Counted:
    listed = list(days)
    return Counted(sum(one.count for one in listed), max((one.uniques for one in listed), default=0))


def _weeks(days: Mapping[date, Counted]) -> dict[date, Counted]:
    weeks: dict[date, list[Counted]] = {}
    for day in sorted(days):
        weeks.setdefault(monday(day), []).append(days[day])
    return {week: _together(found) for week, found in weeks.items()}
