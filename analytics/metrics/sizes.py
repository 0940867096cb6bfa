"""How large pull requests are, and whether large ones wait longer."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from analytics.charts.chart import Chart
from analytics.charts.dots import Dot, Dots
from analytics.charts.ranked import Ranked, RankedRow
from analytics.comparing import NOTHING, amount, count, sentence, settled
from analytics.lazy import lazy
from analytics.metric import Comparison, Grid, Measured, Metric, Scene
from analytics.moments import moments, within
from analytics.stats import FEWEST_FOR_DURATIONS, mean, median, quantile
from analytics.tables import Tables
from analytics.window import Window
from analytics.words import duration, during, number, percent, plural, span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
else:
    np = lazy("numpy")

# Lines changed from which on a size begins, and what it is called.
# No number in a name is so large that languages would write it differently.
SIZES = ((0, "up to 9 lines"), (10, "10 to 49"), (50, "50 to 199"), (200, "200 to 499"), (500, "500 to 999"),
         (1000, "over 999"))  # fmt: skip
LARGE = 500
COLUMNS = ("lines", "opened", "share", "merged_n", "merged_median_hours")


def measure(tables: Tables, window: Window, _scene: Scene) -> Measured:
    """Take the lines and files that the pull requests opened in the window change."""
    pulls = tables.pulls
    opened = within(moments(pulls["created_at"]), window)
    changed = (pulls["additions"] + pulls["deletions"])[opened].to_numpy(dtype="float64", na_value=np.nan)
    files = pulls["changed_files"][opened].dropna().to_numpy(dtype="float64")
    sized = ~np.isnan(changed)
    lines = changed[sized]
    hours = hours_to_merge(tables, opened, window)[sized]
    unsized = int((~sized).sum())
    return Measured(
        facts={
            "opened_n": int(opened.sum()),
            "size_n": len(lines),
            "size_median_lines": median(lines),
            "size_p90_lines": quantile(lines, 0.9),
            "size_mean_lines": mean(lines.tolist()),
            "files_median": median(files),
            "large_n": int((lines >= LARGE).sum()),
            "large_share": float((lines >= LARGE).mean()) if len(lines) else None,
        },
        tables={"sizes": by_size(lines, hours)},
        samples={"lines": array("d", np.sort(lines).tobytes())},
        notes=(f"{plural(unsized, 'pull request')} of unknown size left out",) if unsized else (),
    )


def hours_to_merge(tables: Tables, opened: NDArray[np.bool_], window: Window) -> NDArray[np.float64]:
    """Return the hours from opening to a merge that is known by the window's end, NaN without one."""
    created, merged = (moments(tables.pulls[name])[opened] for name in ("created_at", "merged_at"))
    known = within(merged, window)
    taken = np.full(len(created), np.nan)
    taken[known] = (merged[known] - created[known]).astype("timedelta64[us]").astype("int64") / 3_600_000_000
    return np.where(taken < 0, np.nan, taken)


def by_size(lines: NDArray[np.float64], hours: NDArray[np.float64]) -> Grid:
    """Count the pull requests of each size, and take the median time to merge of those merged."""
    begins = [begin for begin, _ in SIZES]
    place = np.searchsorted(begins, lines, side="right") - 1
    rows = []
    for index, (_, name) in enumerate(SIZES):
        here = place == index
        merged = hours[here & ~np.isnan(hours)]
        share = float(here.mean()) if len(lines) else None
        rows.append((name, int(here.sum()), share, len(merged), median(merged)))
    return Grid(COLUMNS, tuple(rows))


def finding(now: Measured, _before: Measured | None, scene: Scene) -> str:
    """Say the median and the ninth decile, how many are large, and how long small and large ones took to merge."""
    when = during(scene.window, scene.now)
    sized = count(now, "size_n")
    if not sized:
        return sentence(f"no pull request of known size was opened {when}")
    middle, most = amount(now, "size_median_lines") or 0.0, amount(now, "size_p90_lines") or 0.0
    story = (
        f"half of {plural(sized, 'pull request')} opened {when} change {number(round(middle))} lines or fewer, "
        f"nine in ten {number(round(most))} or fewer"
    )
    share = amount(now, "large_share") or 0.0
    large = f"{number(count(now, 'large_n'))} change {number(LARGE)} or more ({percent(share)})"
    return sentence(story, large, contrast(now))


def contrast(now: Measured) -> str:
    """Return the median times to merge of the smallest and the largest size with five merged ones each."""
    known = [row for row in now.tables["sizes"].records() if int(row["merged_n"] or 0) >= FEWEST_FOR_DURATIONS]
    if len(known) < 2:
        return ""
    ends = [
        f"{duration(float(row['merged_median_hours'] or 0))} (n = {row['merged_n']})" for row in (known[0], known[-1])
    ]
    return f"merged ones of {known[0]['lines']} took {ends[0]} at the median, those of {known[-1]['lines']} {ends[1]}"


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Show sizes now and before; no test here speaks of them, so there is no verdict."""
    rows = [
        Comparison(label, lines(now, key), lines(before, key))
        for label, key in (("median size", "size_median_lines"), ("nine in ten up to", "size_p90_lines"))
    ]
    shares = [amount(side, "large_share") for side in (now, before)]
    shown = [NOTHING if share is None else percent(share) for share in shares]
    return settled(scene, *rows, Comparison(f"of {number(LARGE)} lines or more", shown[0], shown[1]))


def lines(measured: Measured, key: str) -> str:
    """Return a number of lines in words."""
    value = amount(measured, key)
    return NOTHING if value is None else plural(round(value), "line")


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw how many there are of each size, and how long those of each size took to merge."""
    rows = now.tables["sizes"].records()
    sized = count(now, "size_n")
    where = f"{scene.repository} · {number(sized)} opened, {span(scene.named)}"
    title = f"Half of pull requests change {number(round(amount(now, 'size_median_lines') or 0))} lines or fewer"
    spread = Ranked(
        title=title if sized else "No pull request of known size",
        subtitle=f"{where} · lines added and deleted",
        rows=tuple(
            RankedRow(str(row["lines"]), float(row["opened"] or 0), percent(float(row["share"] or 0))) for row in rows
        ),
        unit="pull requests",
        accent=0,
    )
    timed = [row for row in rows if row["merged_median_hours"] is not None]
    if not timed:
        return (spread,)
    waits = Dots(
        title="Median time to merge by size",
        subtitle=f"{where} · merged ones, median time from opening to merge",
        rows=tuple(
            Dot(
                str(row["lines"]),
                float(row["merged_median_hours"] or 0),
                f"{duration(float(row['merged_median_hours'] or 0))} (n = {row['merged_n']})",
                accent=int(row["merged_n"] or 0) >= FEWEST_FOR_DURATIONS,
            )
            for row in timed
        ),
        unit="median time to merge",
        durations=True,
    )
    return (spread, waits)


METRIC = Metric(
    name="sizes",
    title="Sizes",
    summary="how large pull requests are, and how long each size takes to merge",
    definition=(
        "Size: lines added plus lines deleted, of the pull requests opened in the window. Time to merge by size: hours "
        "from opening to merge of those among them that were merged by the window's end; those still open or closed "
        "unmerged are not in it. Bots count like everybody. What took long because it was large, and what was large "
        "because it took long, cannot be told apart here."
    ),
    needs=frozenset({"pulls"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("size",),
    labels={
        "opened_n": "pull requests opened",
        "size_n": "of known size",
        "size_median_lines": "median size, in lines",
        "size_p90_lines": "nine in ten up to, in lines",
        "size_mean_lines": "mean size, in lines",
        "files_median": "median number of files",
        "large_n": f"of {LARGE} lines or more",
        "large_share": f"share of {LARGE} lines or more",
    },
)
