"""Views and clones by day, and how many visitors that can have been: bounds, since uniques are never added up."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, cast

from analytics.buckets import column
from analytics.charts.chart import Chart
from analytics.coinciding import coincidences
from analytics.comparing import amount, count, earlier, listing, sentence, sentences, settled
from analytics.days import DAY, KINDS, UNIQUES, Days, date_of, days_of, labels, runs, total, weekday
from analytics.lazy import lazy
from analytics.metric import Cell, Comparison, Fact, Grid, Measured, Metric, Scene
from analytics.stats import median
from analytics.tables import Tables
from analytics.traffic_charts import pictures
from analytics.traffic_compared import more_or_fewer, rows
from analytics.traffic_tables import WEEKDAYS, grids
from analytics.traffic_words import bounds, brought, known_of, spans
from analytics.unusual import MOST_NAMED, unusual_days
from analytics.window import Window
from analytics.words import during, number, percent, plural

if TYPE_CHECKING:
    import numpy as np

    from analytics.moments import Flags
else:
    np = lazy("numpy")

UNUSUAL = ("day", "kind", "count", "usual", "weekday", "score", "coincides_with", "name")
FORTNIGHT, WEEK = 14, 7


def measure(tables: Tables, window: Window, scene: Scene) -> Measured:
    """Lay the days out, count what is known of them, and find the days that stand out."""
    days = days_of(tables.traffic_days, window, scene.now)
    found = grids(days, tables, window)
    facts: dict[str, Fact] = {}
    for kind in KINDS:
        facts |= facts_of(days, kind, found)
    standing_out = {kind: unusual(days, kind, tables, scene) for kind in KINDS}
    listed = tuple(row for kind in KINDS for row in standing_out[kind][:MOST_NAMED])
    fourteen = found["fourteen_days"].records()
    clones = cast("int | None", facts["clones"])
    workflow_runs = runs_of(days, scene)
    facts |= {
        "view_uniques_14_days": fourteen[-1]["view_uniques"] if fourteen else None,
        "clone_uniques_14_days": fourteen[-1]["clone_uniques"] if fourteen else None,
        "answered_on": fourteen[-1]["day"] if fourteen else None,
        "days": len(days.ordinals),
        "provisional_days": int((days.growing("views") | days.growing("clones")).sum()),
        "unusual_view_days": len(standing_out["views"]),
        "unusual_clone_days": len(standing_out["clones"]),
        "workflow_runs": workflow_runs,
        "clones_explained_share": min(1.0, workflow_runs / clones) if workflow_runs is not None and clones else None,
    }
    return Measured(
        facts=facts,
        tables={**found, "unusual": Grid(UNUSUAL, listed), "releases": released(tables, days)},
        notes=tuple(notes(days)),
    )


def facts_of(days: Days, kind: str, found: dict[str, Grid]) -> dict[str, Fact]:
    """Return what is known of views or of clones: their sum, their median day, their highest day, their uniques."""
    counts, uniques = days.inside(kind), days.inside(UNIQUES[kind])
    known = ~np.isnan(counts)
    most = int(np.nanargmax(counts)) if known.any() else None
    visitors = uniques[~np.isnan(uniques)]
    at_least, at_most = (int(visitors.max()), int(visitors.sum())) if len(visitors) else (None, None)
    counted = counted_uniques(days, kind, found)
    # An answer older than the days' final counts says less than they do; then only the bounds are known.
    fits = counted is not None and at_least is not None and at_most is not None and at_least <= counted <= at_most
    return {
        kind: total(counts),
        f"{kind}_median_per_day": median(counts[known]),
        f"{kind}_highest_day": None if most is None else labels(days.ordinals[most : most + 1])[0],
        f"{kind}_on_highest_day": None if most is None else int(counts[most]),
        UNIQUES[kind]: counted if fits else None,
        f"{UNIQUES[kind]}_at_least": at_least,
        f"{UNIQUES[kind]}_at_most": at_most,
        f"{kind}_known_days": int(known.sum()),
    }


def counted_uniques(days: Days, kind: str, found: dict[str, Grid]) -> int | None:
    """Return GitHub's own count of uniques where the window is exactly one week, or the 14 days of one answer."""
    size = len(days.ordinals)
    if size == WEEK and weekday(int(days.ordinals[0])) == 0:
        return cast("int | None", column(found["per_week"], UNIQUES[kind])[0])
    if size == FORTNIGHT and found["fourteen_days"].rows:
        last = found["fourteen_days"].records()[-1]
        if last["day"] == labels(days.ordinals[-1:])[0]:
            return cast("int | None", last[UNIQUES[kind]])
    return None


def unusual(days: Days, kind: str, tables: Tables, scene: Scene) -> list[tuple[Cell, ...]]:
    """Return the days of the window that stand out, the farthest first, with what coincides where they are named."""
    listed: list[tuple[Cell, ...]] = []
    for day in unusual_days(days.counts[kind], days.first, days.provisional[kind]):
        if day.index < days.begin:
            continue
        at = days.first + day.index
        fits = coincidences(day, at, kind, tables, scene) if len(listed) < MOST_NAMED else []
        words = "; ".join(each.words for each in fits) or None
        name = fits[0].name if fits else None
        when = date_of(at).isoformat()
        listed.append((when, kind, day.count, day.usual, WEEKDAYS[weekday(at)], day.score, words, name))
    return listed


def released(tables: Tables, days: Days) -> Grid:
    """Return the releases of the window's days, for the pictures to mark."""
    at = tables.releases["published_at"].to_numpy(dtype="datetime64[D]").astype("int64")
    inside = np.flatnonzero((at >= days.first + days.begin) & (at < days.first + len(days.counts["views"])))
    order = inside[np.argsort(at[inside], kind="stable")]
    tags = [str(tag) for tag in tables.releases["tag"].iloc[order]]
    return Grid(("day", "tag"), tuple(zip(labels(at[order]), tags, strict=True)))


def runs_of(days: Days, scene: Scene) -> int | None:
    """Return the workflow runs of the window's days, None unless they and every day's clones are known."""
    if not len(days.ordinals) or np.isnan(days.inside("clones")).any():
        return None
    first, after = date_of(int(days.ordinals[0])), date_of(int(days.ordinals[-1]) + 1)
    # The present day may be asked for although no answer has covered it yet.
    return scene.workflow_runs.get((first, after), scene.workflow_runs.get((first, after + DAY)))


def notes(days: Days) -> list[str]:
    """Return which days are unknown, which may still grow, and what of the uniques cannot be known."""
    size = len(days.ordinals)
    missing = {kind: np.isnan(days.inside(kind)) for kind in KINDS}
    alike = bool((missing["views"] == missing["clones"]).all())
    said = []
    for kind in KINDS[:1] if alike else KINDS:
        unknown = int(missing[kind].sum())
        if unknown > 0:
            gaps = spans(gaps_of(missing[kind], days))
            what = "traffic" if alike else kind
            said.append(f"{what} unknown on {number(unknown)} of {plural(size, 'day')} ({gaps})")
    growing = days.growing("views") | days.growing("clones")
    if growing.any():
        said.append(f"provisional: {spans(gaps_of(growing, days))}")
    return said


def gaps_of(flags: Flags, days: Days) -> list[tuple[date, date]]:
    """Return the first and last day of every run of flagged days of the window."""
    begin = days.first + days.begin
    return [(date_of(begin + first), date_of(begin + last)) for first, last in runs(flags)]


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say how much there was, what a median day brings, the day that stands out, the bounds of uniques, the change."""
    when = during(scene.window, scene.now)
    if not seen(now):
        return sentence(f"no traffic is known {when}; it is kept from the first capture on")
    return sentences(
        f"{seen(now)} {when}{known_of(now)}",
        brought(now),
        bounds(now),
        more_or_fewer(now, earlier(before, scene), scene),
        explained(now),
    )


def seen(now: Measured) -> str:
    """Return `1,060 views and 185 clones`, of what is known."""
    totals = [(kind, amount(now, kind)) for kind in KINDS]
    said = [plural(int(total), kind[:-1]) for kind, total in totals if total is not None]
    return listing(said) if said else ""


def explained(now: Measured) -> str:
    """Return what workflow runs can have to do with the clones, where both are known."""
    share = amount(now, "clones_explained_share")
    if share is None:
        return ""
    ran = plural(count(now, "workflow_runs"), "workflow run")
    return f"{ran}, at one checkout each, explain {percent(share)} of the clones"


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare the days known in both periods."""
    return settled(scene, *rows(now, before, scene))


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw views, clones, and the rhythm of the week."""
    return pictures(now, scene)


METRIC = Metric(
    name="traffic",
    title="Traffic",
    summary="views, clones and their uniques by UTC day, also those GitHub has forgotten",
    definition=(
        "Views and clones as GitHub counts them, by UTC day; of each day the highest number ever seen is kept. A day "
        "that an answer covered without listing it is zero; a day that no answer covered is unknown and in no figure. "
        "A day is provisional until an answer given two days later has covered it. Uniques are never added up: of a "
        "day, a whole ISO week and the 14 days of an answer GitHub's own count is given, of any other period the "
        "bounds, from its highest day to all its known days together. Periods are compared over the days known, and "
        "not provisional, in both; more or fewer only if the bootstrap's 95 % interval of the difference of median "
        "days excludes 0, with at least 7 days. Unusual: a count whose square root lies at least 3.5 robust standard "
        "deviations, and that itself lies 10, from the median of the same weekday in the 13 weeks on either side; "
        "what is named beside it coincides, which does not make it the cause. Clones include checkouts by CI: "
        "workflow runs explain the share of them that one checkout a run would make."
    ),
    needs=frozenset({"traffic"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    aliases=("views", "clones"),
    labels={
        "views": "views",
        "clones": "clones",
        "days": "days of traffic asked about",
        "workflow_runs": "workflow runs",
        "views_median_per_day": "views on a median day",
        "views_highest_day": "the day with most views",
        "views_on_highest_day": "views on that day",
        "view_uniques": "unique visitors",
        "view_uniques_at_least": "unique visitors, at least",
        "view_uniques_at_most": "unique visitors, at most",
        "views_known_days": "days whose views are known",
        "clones_median_per_day": "clones on a median day",
        "clones_highest_day": "the day with most clones",
        "clones_on_highest_day": "clones on that day",
        "clone_uniques": "unique cloners",
        "clone_uniques_at_least": "unique cloners, at least",
        "clone_uniques_at_most": "unique cloners, at most",
        "clones_known_days": "days whose clones are known",
        "view_uniques_14_days": "unique visitors of the latest answer's 14 days",
        "clone_uniques_14_days": "unique cloners of the latest answer's 14 days",
        "answered_on": "day of the latest answer",
        "provisional_days": "days that may still grow",
        "unusual_view_days": "days with unusual views",
        "unusual_clone_days": "days with unusual clones",
        "clones_explained_share": "clones that workflow runs explain",
    },
    audience="push",
    also=frozenset({"releases", "referrers"}),
)
