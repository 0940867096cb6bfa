"""How often is released, and how long merged work waits for its release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.buckets import Buckets, column, for_picture, sizes, times
from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.histogram import Histogram
from analytics.charts.series import Series
from analytics.comparing import NOTHING, amount, count, count_row, middle, sentence, settled
from analytics.followed import ended_row
from analytics.histogram import histogram
from analytics.lazy import lazy
from analytics.metric import Comparison, Measured, Metric, Scene
from analytics.moments import before as known_before
from analytics.moments import hours, moments, within
from analytics.stats import median
from analytics.tables import Tables
from analytics.window import Window
from analytics.words import duration, during, number, plural, span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from analytics.moments import Moments
else:
    np = lazy("numpy")

SAMPLE = "lead_hours"
SECONDS = 2  # GitHub writes the merge and its commit within this
HOURS_PER_DAY = 24
MICROSECONDS_PER_DAY = 86_400_000_000
GAPS = "gap_days"
FEWEST_GAPS = 2  # one gap has no half


@dataclass(frozen=True, eq=False)
class Released:
    """The published releases that are known by the window's end: when each was published, and what it holds.

    holds_until: the committer date of the release's commit on the default branch, NaT where that is not known there ·
    place: which of several repositories it is of; a release holds nothing of another one's.
    """

    published: Moments
    holds_until: Moments
    is_prerelease: NDArray[np.bool_]
    place: NDArray[np.int64]

    @classmethod
    def of(cls, tables: Tables, window: Window) -> Released:
        """Take the releases that are no drafts."""
        frame = tables.releases
        published, holds = moments(frame["published_at"]), moments(frame["holds_until"])
        known = known_before(published, window.until) & ~frame["is_draft"].to_numpy(dtype=bool)
        place = frame["place"].to_numpy(dtype="int64", na_value=0)
        return cls(published[known], holds[known], frame["is_prerelease"].to_numpy(dtype=bool)[known], place[known])

    def first_with(self, merged: Moments, place: NDArray[np.int64]) -> Moments:
        """Return per merge when its repository's first release that contains it was published, NaT if none is known.

        place: of which repository each merge is.
        """
        found = np.full(len(merged), np.datetime64("NaT", "us"))
        for each in np.unique(place):
            own = place == each
            found[own] = self.first_of(int(each), merged[own])
        return found

    def first_of(self, place: int, merged: Moments) -> Moments:
        """Return the same for the merges of one repository."""
        known = ~np.isnat(self.holds_until) & (self.place == place)
        order = np.argsort(self.holds_until[known], kind="stable")
        holds, published = self.holds_until[known][order], self.published[known][order]
        # of all releases from one commit on, the earliest published: an older line may be released later
        earliest = np.minimum.accumulate(published[::-1])[::-1]
        none = np.array(["NaT"], dtype="datetime64[us]")
        rank = np.searchsorted(holds + np.timedelta64(SECONDS, "s"), merged)
        found: Moments = np.concatenate([earliest, none])[rank]
        return found

    def gaps(self, among: NDArray[np.bool_]) -> list[float]:
        """Return the days between one release and the next of the same repository, of some of the releases."""
        between: list[float] = []
        for each in np.unique(self.place[among]):
            published = np.sort(self.published[among & (self.place == each)])
            between += (np.diff(published).astype("timedelta64[us]").astype("int64") / MICROSECONDS_PER_DAY).tolist()
        return between


def measure(tables: Tables, window: Window, _scene: Scene) -> Measured:
    """Count the window's releases, and follow what was merged in the window to its first release."""
    released = Released.of(tables, window)
    inside = within(released.published, window)
    published = np.sort(released.published[inside])
    merged = moments(tables.pulls["merged_at"])
    in_window = within(merged, window)
    merged = merged[in_window]
    gaps, first = released.gaps(inside), released.first_with(merged, tables.place_of_pulls()[in_window])
    lead, negative = hours(merged, first)
    elsewhere = int(np.isnat(released.holds_until[inside]).sum())
    made = {f"per_{size}": Buckets.over(size, window, published) for size in sizes(window)}
    return Measured(
        facts={
            "releases": len(published),
            "prereleases": int(released.is_prerelease[inside].sum()),
            "median_days_between": median(gaps),
            "merged_n": len(merged),
            "lead_time_n": len(lead),
            "lead_time_median_hours": median(lead),
            "unreleased_n": int(np.isnat(first).sum()),
        },
        tables={
            **{name: buckets.grid({"releases": buckets.tally(published)}) for name, buckets in made.items()},
            "histogram": histogram(lead),
        },
        samples={SAMPLE: lead, GAPS: gaps},
        notes=tuple(notes(elsewhere, negative, several=bool(tables.places))),
    )


def notes(elsewhere: int, negative: int, *, several: bool) -> list[str]:
    """Return what does not count for lead times, and for what releases of several repositories are not put together."""
    said = []
    if elsewhere:
        of_them = "whose commit is not known on the default branch, left out of lead times"
        said.append(f"{plural(elsewhere, 'release')} {of_them}")
    if negative:
        said.append(f"{plural(negative, 'merge')} dated after the release, left out of lead times")
    if several:
        said.append("times between releases are between those of one repository")
    return said


def finding(now: Measured, _before: Measured | None, scene: Scene) -> str:
    """Say how many releases there were, how far apart, and how long half of what was merged waited for one."""
    when = during(scene.window, scene.now)
    releases = count(now, "releases")
    story = f"{plural(releases, 'release')} {when}" if releases else f"nothing was released {when}"
    return sentence(story, rhythm(now), lead(now))


def rhythm(now: Measured) -> str:
    """Return `half of the gaps between them were under 9 d`, nothing for fewer than two gaps."""
    days = amount(now, "median_days_between")
    if days is None or len(now.samples[GAPS]) < FEWEST_GAPS:
        return ""
    return f"half of the gaps between them were {duration(days * HOURS_PER_DAY)} or less"


def lead(now: Measured) -> str:
    """Return how long merged work waited, and how much of it still does."""
    merged, released = count(now, "merged_n"), count(now, "lead_time_n")
    if not merged:
        return ""
    waiting = f"{number(count(now, 'unreleased_n'))} of {plural(merged, 'merged pull request')} not in a release yet"
    if not released:
        return waiting
    done = plural(released, "merged pull request")
    return f"half of {done} were released within {middle(now.samples[SAMPLE])}; {waiting}"


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare the counts and the lead times of what was released."""
    gaps = [days(side) for side in (now, before)]
    return settled(
        scene,
        count_row("releases", count(now, "releases"), count(before, "releases"), scene),
        ended_row("median lead time (released ones)", now.samples[SAMPLE], before.samples[SAMPLE], scene),
        Comparison("median time between releases", gaps[0], gaps[1]),
        Comparison(
            "merged, not released by the end",
            number(count(now, "unreleased_n")),
            number(count(before, "unreleased_n")),
        ),
    )


def days(measured: Measured) -> str:
    """Return the median time between releases in words."""
    value = amount(measured, "median_days_between")
    return NOTHING if value is None else duration(value * HOURS_PER_DAY)


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw the lead times where there are any, then the releases over time."""
    bucket, grid = for_picture(now.tables)
    when = during(scene.window, scene.now)
    releases = count(now, "releases")
    where = f"{scene.repository} · {span(scene.named)}"
    over_time = Bars(
        title=f"{plural(releases, 'release')} {when}" if releases else f"Nothing released {when}",
        subtitle=f"{where} · releases per {bucket}",
        buckets=times(bucket, grid),
        up=Series("releases", column(grid, "releases")),
        unit=f"releases per {bucket}",
    )
    taken = now.samples[SAMPLE]
    if not taken:
        return (over_time,)
    leads = Histogram(
        title=f"Half of released pull requests were released within {middle(taken)} of their merge",
        subtitle=f"{where} · {plural(len(taken), 'pull request')} · time from merge to the first release with it",
        hours=tuple(taken),
        median=amount(now, "lead_time_median_hours"),
        unit="pull requests",
    )
    return (leads, over_time)


METRIC = Metric(
    name="releases",
    title="Releases",
    summary="how often is released, and how long merged work waits for it",
    definition=(
        "Releases: published in the window, prereleases with them, drafts not. Median time between releases: of those "
        "in the window, of one repository each. Lead time: from the merge of a pull request to the publication of the "
        "first release that contains it, of the pull requests merged in the window; a release contains what was merged "
        "up to its commit, in the order of the default branch; one merged into another branch counts as if it had been "
        "merged into that. A release of another branch's commit is left out of lead times, and one repository's holds "
        "nothing of another's. Whose pull requests are asked about changes nothing of releases. Merged and not "
        "released: no release known by the window's end contains it; the median is of the released ones, and gets no "
        "verdict between windows of different lengths."
    ),
    needs=frozenset({"pulls", "releases", "commits"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("release", "lead-time"),
    labels={
        "prereleases": "of them prereleases",
        "median_days_between": "median days between releases",
        "merged_n": "pull requests merged",
        "lead_time_n": "of them released",
        "lead_time_median_hours": "median lead time (released ones)",
        "unreleased_n": "of them not released by the end",
    },
)
