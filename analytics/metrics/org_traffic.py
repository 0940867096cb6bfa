"""Views and clones of every repository of an organisation: counts only, since no uniques can be added up."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from analytics.buckets import column
from analytics.charts.chart import Chart
from analytics.charts.multiples import MOST, Multiples, Panel
from analytics.comparing import NOTHING, amount, count, earlier, listing, sentence, sentences, settled, than
from analytics.days import DAY, KINDS, edges, labels, numbers, ordinals, trimmed, whole
from analytics.lazy import lazy
from analytics.metric import Cell, Comparison, Grid, Measured, Metric, Scene
from analytics.stats import median
from analytics.tables import Tables
from analytics.traffic_compared import verdict
from analytics.window import Window
from analytics.words import during, last_days, number, percent, plural, shorten

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
else:
    np, pd = lazy("numpy"), lazy("pandas")

NAME = 60  # characters of a repository in a sentence
SETTLED = 2  # days before the last one whose counts may still grow


@dataclass(frozen=True, slots=True)
class OrgTraffic(Measured):
    """What was found; `daily` keeps each repository's counts by day (NaN = unknown), for pictures and comparisons."""

    days: tuple[str, ...] = ()
    daily: Mapping[str, Mapping[str, array[float]]] = field(default_factory=dict)


def measure(tables: Tables, window: Window, scene: Scene) -> OrgTraffic:
    """Count each repository's known days, and each day's known repositories."""
    names, days, counts = laid_out(tables.org_days, window, scene)
    known = {kind: ~np.isnan(counts[kind]) for kind in KINDS}
    sums = {kind: np.where(known[kind], counts[kind], 0) for kind in KINDS}
    per_repository = [totals(name, row, sums, known) for row, name in enumerate(names)]
    per_repository.sort(key=lambda row: (-(row[1] or 0), -(row[2] or 0), row[0].casefold()))
    by_day: dict[str, list[Cell]] = {}
    for kind in KINDS:
        covered = known[kind].sum(axis=0)
        by_day[kind] = list(whole(np.where(covered > 0, sums[kind].sum(axis=0), np.nan)))
        by_day[f"{kind}_repositories"] = covered.tolist()
    cells = len(names) * len(days)
    missing = {kind: cells - int(known[kind].sum()) for kind in KINDS}
    return OrgTraffic(
        facts={
            "repositories": len(names),
            **{kind: int(sums[kind].sum()) if known[kind].any() else None for kind in KINDS},
            "days": len(days),
            "repositories_with_views": sum(bool(row[1]) for row in per_repository),
            "top1_views_share": share(per_repository),
        },
        tables={
            "per_repository": Grid(
                ("repository", "views", "clones", "views_known_days", "clones_known_days"), tuple(per_repository)
            ),
            "per_day": Grid(("day", *by_day), tuple(zip(days, *by_day.values(), strict=True))),
        },
        notes=tuple(
            f"{kind} unknown on {number(missing[kind])} of {number(cells)} repository days"
            for kind in KINDS
            if missing[kind]
        ),
        days=tuple(days),
        daily={
            name: {kind: array("d", counts[kind][row].tobytes()) for kind in KINDS} for row, name in enumerate(names)
        },
    )


def totals(name: str, row: int, sums: Mapping[str, Any], known: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return a repository's name, its views and clones, and the days on which each of them is known."""
    seen = [int(known[kind][row].sum()) for kind in KINDS]
    return (
        name,
        *(int(sums[kind][row].sum()) if days else None for kind, days in zip(KINDS, seen, strict=True)),
        *seen,
    )


def laid_out(
    table: pd.DataFrame, window: Window, scene: Scene
) -> tuple[list[str], list[str], dict[str, NDArray[np.float64]]]:
    """Return the repositories with a known day in the window, its days, and their counts, NaN = unknown."""
    at = ordinals(table["day"])
    since, until = edges(window, scene.now)
    known = table[list(KINDS)].notna().any(axis=1).to_numpy(dtype=bool) & (at < until)
    until = trimmed(until, at[known], scene.now)
    if window.whole:
        since = int(at[known].min()) if known.any() else until
    since = min(since, until)
    rows = np.flatnonzero(known & (at >= since) & (at < until))
    coded = pd.Categorical(table["repository"].iloc[rows]).remove_unused_categories()
    names = [str(name) for name in coded.categories]
    counts: dict[str, Any] = {}
    for kind in KINDS:
        counts[kind] = np.full((len(names), until - since), np.nan)
        counts[kind][coded.codes, at[rows] - since] = numbers(table[kind])[rows]
    return names, labels(np.arange(since, until)), counts


def share(per_repository: list[tuple[Any, ...]]) -> float | None:
    """Return the share of all views that the repository with most of them has."""
    views = [row[1] or 0 for row in per_repository]
    return views[0] / sum(views) if any(views) else None


def finding(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Say how much there was in how many repositories, which had most, and a change only if the test allows it."""
    when = during(scene.window, scene.now)
    seen = [(kind, amount(now, kind)) for kind in KINDS]
    if all(total is None for _, total in seen):
        return sentence(f"no traffic of the organisation's repositories is known {when}")
    said = listing([plural(int(total), kind[:-1]) for kind, total in seen if total is not None])
    repositories = plural(count(now, "repositories"), "repository", "repositories")
    first, top = now.tables["per_repository"].rows[0], amount(now, "top1_views_share")
    return sentences(
        f"{said} of {repositories} {when}",
        f"{percent(top)} of the views were of {shorten(str(first[0]), NAME)}" if top is not None else "",
        change(now, earlier(before, scene), scene),
    )


def change(now: Measured, before: Measured | None, scene: Scene) -> str:
    """Return `more views on a median day than in the period before (120), over ...`, nothing where it is not clear."""
    if before is None:
        return ""
    clear = []
    for kind in KINDS:
        new, old, _ = known_in_both(now, before, kind)
        word = verdict((new, old), scene.seed)
        if word in ("more", "fewer"):
            clear.append((f"{word} {kind}", number(median(old) or 0)))
    return f"{than(clear, scene, ' on a median day')}, over what is known in both" if clear else ""


def known_in_both(now: Measured, before: Measured, kind: str) -> tuple[list[int], list[int], int]:
    """Return each day's total over the repositories known on that day in both periods, and how many those are at most.

    The n-th day of one period stands beside the n-th of the other; days that may still grow are left out.
    """
    if not isinstance(now, OrgTraffic) or not isinstance(before, OrgTraffic):
        raise TypeError("an organisation's traffic can only be compared with what was measured here")
    both = sorted(now.daily.keys() & before.daily.keys())
    size = min(len(now.days) - SETTLED, len(before.days))
    if not both or size <= 0:
        return [], [], 0
    new, old = (np.array([np.frombuffer(side.daily[name][kind])[:size] for name in both]) for side in (now, before))
    known = ~np.isnan(new) & ~np.isnan(old)
    days = known.any(axis=0)
    sums = [np.where(known, each, 0).sum(axis=0)[days].astype("int64").tolist() for each in (new, old)]
    return sums[0], sums[1], int(known.any(axis=1).sum())


def compare(now: Measured, before: Measured, scene: Scene) -> tuple[Comparison, ...]:
    """Compare what is known of the same repositories on the same days of both periods."""
    rows = []
    for kind in KINDS:
        new, old, repositories = known_in_both(now, before, kind)
        known = f"{plural(repositories, 'repository', 'repositories')}, {plural(len(new), 'day')} known in both"
        sums = [number(sum(side)) if side else NOTHING for side in (new, old)]
        medians = [number(median(side) or 0) if side else NOTHING for side in (new, old)]
        rows.append(Comparison(f"{kind} ({known})", sums[0], sums[1]))
        words = f"n = {number(len(new))} days each: {verdict((new, old), scene.seed)}"
        rows.append(Comparison(f"{kind} on a median day of those", medians[0], medians[1], words))
    ever = [number(count(side, "repositories")) for side in (now, before)]
    return settled(scene, *rows, Comparison("repositories with known days", ever[0], ever[1]))


def charts(now: Measured, scene: Scene) -> tuple[Chart, ...]:
    """Draw the repositories with most views, then those with most clones, a small picture each."""
    return tuple(multiples(now, kind, scene) for kind in KINDS if amount(now, kind))


def multiples(now: Measured, kind: str, scene: Scene) -> Multiples:
    """Draw one kind on one scale, from the first day on which any repository is known."""
    if not isinstance(now, OrgTraffic):
        raise TypeError("an organisation's traffic can only be drawn from what was measured here")
    grid = now.tables["per_repository"]
    counts = dict(zip(column(grid, "repository"), column(grid, kind), strict=True))
    shown = sorted((name for name in counts if counts[name]), key=lambda name: (-counts[name], name.casefold()))
    covered = column(now.tables["per_day"], f"{kind}_repositories")
    first = next((index for index, repositories in enumerate(covered) if repositories), 0)
    days = tuple(date.fromisoformat(day) for day in now.days[first:])
    growing = provisional(days, scene.now)
    total = count(now, kind)
    top = f"{percent(counts[shown[0]] / total)} of {number(total)} {kind} are of {shorten(shown[0], 40)}"
    known = f"{plural(len(shown), 'repository', 'repositories')} with any"
    where, when = scene.repository.split("/")[0], during(scene.window, scene.now)
    still = f" · {last_days(sum(growing))} may still grow" if any(growing) else ""
    return Multiples(
        title=top,
        subtitle=f"{where} · {kind} per day, UTC · beside each name its {kind} {when} · {known} · "
        f"uniques cannot be added{still}",
        panels=tuple(
            Panel(name.rpartition("/")[2], days, tuple(whole(np.frombuffer(now.daily[name][kind])[first:])), growing)
            for name in shown[:MOST]
        ),
        unit=f"{kind} per day",
        more=max(0, len(shown) - MOST),
    )


def provisional(days: tuple[date, ...], now: datetime) -> tuple[bool, ...]:
    """Return of each day whether it may still grow: the last two, unless the window ended before these were recent."""
    recent = now.astimezone(UTC).date() - SETTLED * DAY
    return tuple(day >= recent and index >= len(days) - SETTLED for index, day in enumerate(days))


METRIC = Metric(
    name="org-traffic",
    title="Traffic of the organisation",
    summary="views and clones of every repository of the organisation",
    definition=(
        "Views and clones by UTC day of every repository of the installation that the asker may see, as far as they "
        "were captured; a day that no answer covered is unknown and in no sum. There are no uniques: one visitor of "
        "two repositories would be counted twice. Periods are compared over the repositories and days known in both, "
        "without the last two days; more or fewer only if the bootstrap's 95 % interval of the difference of median "
        "days excludes 0, with at least 7 days."
    ),
    needs=frozenset({"org-traffic"}),
    measure=measure,
    finding=finding,
    compare=compare,
    charts=charts,
    labels={
        "repositories": "repositories with known days",
        "top1_views_share": "views of the repository with most",
    },
    audience="push",
)
