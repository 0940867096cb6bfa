"""What happened around an unusual day: a release, a referrer that rose, workflow runs. It coincides; no more is said.

Nothing here is a cause: a release and a crowd on the same day may both have another reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from analytics.days import DAY, date_of, ordinals
from analytics.lazy import lazy
from analytics.metric import Scene
from analytics.tables import Tables
from analytics.unusual import Unusual
from analytics.words import number, plural, shorten

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analytics.moments import Flags
else:
    np = lazy("numpy")

RISE = 3  # places in the list that are more than its daily shuffling
TOP = 5  # places of the list that brought enough visitors to matter
UNLISTED = 11  # the place of what is not among the ten
NEAR = 3  # days within which a list stands for the time right before or right after
LONGEST = 40  # characters of a name


@dataclass(frozen=True, slots=True)
class Coincidence:
    """Something that happened at the same time: in words, and its bare name."""

    words: str
    name: str


def coincidences(day: Unusual, ordinal: int, kind: str, tables: Tables, scene: Scene) -> list[Coincidence]:
    """Return what fits an unusually high day, the likeliest first; to a low one nothing is put."""
    if day.score < 0:
        return []
    found = [release_near(tables.releases, ordinal)]
    found.append(risen(tables.referrers, ordinal) if kind == "views" else runs_on(day, date_of(ordinal), scene))
    return [each for each in found if each is not None]


def release_near(releases: pd.DataFrame, ordinal: int) -> Coincidence | None:
    """Return the release of the same day, else of the day before."""
    at = ordinals(releases["published_at"])
    for when, words in ((ordinal, "the same day"), (ordinal - 1, "the day before")):
        rows = np.flatnonzero(at == when)
        if len(rows):
            tag = shorten(str(releases["tag"].iloc[int(rows[-1])]), LONGEST)
            more = f" and {plural(len(rows) - 1, 'more release')}" if len(rows) > 1 else ""
            return Coincidence(f"{tag}{more} released {words}", tag)
    return None


def risen(referrers: pd.DataFrame, ordinal: int) -> Coincidence | None:
    """Return the referrer that rose most, by places, from the last list before the day to the first one after it.

    A list speaks of 14 days, so that its counts are not comparable from day to day; places are.
    """
    at = ordinals(referrers["day"])
    earlier, later = at[(at < ordinal) & (at >= ordinal - NEAR)], at[(at > ordinal) & (at <= ordinal + NEAR)]
    if not len(earlier) or not len(later):
        return None
    before, after = (places(referrers, at == when) for when in (earlier.max(), later.min()))
    rises = [(before.get(name, UNLISTED) - place, -place, name) for name, place in after.items() if place <= TOP]
    rise, _, name = max(rises, default=(0, 0, ""))
    if rise < RISE:
        return None
    known = f"rose from {before[name]} to {after[name]}" if name in before else f"new, at {after[name]},"
    return Coincidence(f"{shorten(name, LONGEST)} {known} among the referrers", shorten(name, LONGEST))


def places(lists: pd.DataFrame, rows: Flags) -> dict[str, int]:
    """Return each name's place, from 1, in the list of the rows."""
    names = lists.loc[rows].sort_values("position", kind="stable")["name"]
    return {str(name): place for place, name in enumerate(names, 1)}


def runs_on(day: Unusual, when: date, scene: Scene) -> Coincidence | None:
    """Return the day's workflow runs where they are known and could make up half of what is more than usual."""
    runs = scene.workflow_runs.get((when, when + DAY), 0)
    if 2 * runs < day.count - day.usual:
        return None
    words = f"{number(runs)} workflow runs that day"
    return Coincidence(words, words)
