"""What went into one release: the pull requests, how large they are, how long they had waited, who wrote them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from analytics.lazy import lazy
from analytics.merged_pull import in_hours, kept
from analytics.metrics.releases import Released
from analytics.moments import moments
from analytics.roster import GHOST_CODE
from analytics.stats import median
from analytics.tables import Tables
from analytics.usual import FEWEST, Usual
from analytics.window import BEGINNING, Window

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazy("numpy")

USUAL_OVER = timedelta(days=180)
SIZES = ((50, "under 50 lines"), (500, "50 to 499 lines"), (None, "500 lines and more"))
"""Up to, but without, how many changed lines a pull request is of a size; None is no limit."""


@dataclass(frozen=True, slots=True)
class ReleaseContents:
    """What one release holds that none before it held.

    place: the pull request that was merged last of those whose threads may be spoken in, None without one · pulls: how
    many there are, by_programs of them programs' · sizes: how many are of which size, those of unknown size left out ·
    lead: the median hours from merge to release against those of the releases of the 180 days before (its `n` pull
    requests); `own` is None under five · people: who wrote them and how many each, the most first · previous: tag and
    publication of the release before, None where none is known in those 180 days.
    """

    tag: str
    published_at: datetime
    place: int | None
    pulls: int
    by_programs: int
    sizes: tuple[tuple[str, int], ...]
    lead: Usual
    people: tuple[tuple[str, int], ...]
    previous: tuple[str, datetime] | None

    @property
    def since(self) -> datetime:
        """From when on pull requests were looked at."""
        return self.previous[1] if self.previous else self.published_at - USUAL_OVER


def release_contents(tables: Tables, tag: str, *, in_threads_of_programs: bool = False) -> ReleaseContents | None:
    """Return what the published release of this tag holds; None where it is not in the tables, or holds nothing.

    A pull request belongs to the first release whose commit, on the default branch, is not older than its merge, as in
    `analytics.metrics.releases`; so a release of another branch's commit holds none.
    """
    frame = tables.releases
    published = moments(frame["published_at"])
    listed = ~frame["is_draft"].to_numpy(dtype=bool) & ~np.isnat(published)
    here = np.flatnonzero(listed & (frame["tag"] == tag).to_numpy(dtype=bool))
    if not len(here):
        return None
    moment = published[here[0]]
    at = moment.astype("datetime64[us]").item().replace(tzinfo=UTC)
    early = moment - np.timedelta64(USUAL_OVER)
    merged = moments(tables.pulls["merged_at"])
    first = Released.of(tables, Window(BEGINNING, at + timedelta(microseconds=1))).first_with(
        merged, tables.place_of_pulls()
    )
    inside = (first == moment) & (merged >= early)
    if not inside.any():
        return None
    lead = in_hours(merged, first)
    own = kept(lead[inside])
    before = listed & (published < moment) & (published >= early)
    authors = tables.roster.codes["pulls.author"]
    programs = tables.roster.is_bot[authors]
    return ReleaseContents(
        tag,
        at,
        last_merged(tables, merged, inside if in_threads_of_programs else inside & ~programs),
        pulls=int(inside.sum()),
        by_programs=int((inside & programs).sum()),
        sizes=sizes_of(tables, inside),
        lead=Usual.of(median(own) if len(own) >= FEWEST else None, kept(lead[(first < moment) & (first >= early)])),
        people=people_of(tables, authors[inside & ~programs & (authors != GHOST_CODE)]),
        previous=latest(tables, published, before),
    )


def last_merged(tables: Tables, merged: NDArray[np.datetime64], among: NDArray[np.bool_]) -> int | None:
    """Return the number of the pull request that was merged last; of one moment, the highest number."""
    places = np.flatnonzero(among)
    if not len(places):
        return None
    numbers = tables.pulls["number"].to_numpy(dtype="int64", na_value=0)
    last = places[np.lexsort((numbers[places], merged[places]))[-1]]
    return int(numbers[last])


def sizes_of(tables: Tables, among: NDArray[np.bool_]) -> tuple[tuple[str, int], ...]:
    """Return how many pull requests are of which size, in lines added and deleted, empty sizes included."""
    pulls = tables.pulls
    lines = (pulls["additions"] + pulls["deletions"])[among].dropna().to_numpy(dtype="float64")
    found, under = [], 0.0
    for end, name in SIZES:
        most = np.inf if end is None else float(end)
        found.append((name, int(((lines >= under) & (lines < most)).sum())))
        under = most
    return tuple(found)


def people_of(tables: Tables, authors: NDArray[np.int64]) -> tuple[tuple[str, int], ...]:
    """Return logins and how many pull requests each, the most first, then by name."""
    counted = Counter(tables.roster.names[code] for code in authors.tolist())
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0].lower())))


def latest(tables: Tables, published: NDArray[np.datetime64], among: NDArray[np.bool_]) -> tuple[str, datetime] | None:
    """Return tag and moment of the release that was published last among some."""
    places = np.flatnonzero(among)
    if not len(places):
        return None
    last = places[np.argmax(published[places])]
    tag: str = tables.releases["tag"].iloc[int(last)]
    return tag, published[last].astype("datetime64[us]").item().replace(tzinfo=UTC)
