"""A report's own figures: unusual days, and each repository of an organisation. The work of a pool's process."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, cast

from analytics.charts.multiples import MOST, Multiples, Panel
from analytics.days import DAY, KINDS, date_of, days_of, ordinals
from analytics.first_review_words import IN_A_DAY
from analytics.metric import Scene
from analytics.metrics import all_metrics
from analytics.per_day import day_of, none_growing, per_day
from analytics.tables import Tables
from analytics.unusual import unusual_days
from analytics.window import Window
from analytics.words import number, plural, span, speaking
from reports.compute import picture
from reports.compute_tables import loaded
from reports.compute_task import Task
from reports.digest_task import RepositoriesFound, RepositoriesTask, RepositoryFigures, UnusualDay, UnusualTask
from reports.question import Question
from storage.loading import load

MOST_DAYS = 5
ASKED = ("pulls", "first-review", "waiting", "issues")
# what is counted by day: table, time, words
COUNTED = (
    ("pulls", "created_at", "pull requests opened"),
    ("pulls", "merged_at", "pull requests merged"),
    ("issues", "created_at", "issues opened"),
    ("commits", "committed_at", "commits"),
)


def unusual(task: UnusualTask) -> tuple[UnusualDay, ...]:
    """Return the days of the period that stand out, the farthest first, one for each kind of thing."""
    names = [*(table for table, _, _ in COUNTED), "firsts", *(["traffic_days"] if task.sees_traffic else [])]
    names = list(dict.fromkeys(names))
    columns = load(task.database, task.repository_id, names, task.around.since, task.around.until, terms=task.terms)
    tables = Tables.of(columns)
    found = [(each, what, first) for what, first, counts, grows in counted(tables, task)
             for each in unusual_days(counts, first, grows)]  # fmt: skip
    found.sort(key=lambda one: -abs(one[0].score))
    named: dict[tuple[date, str], UnusualDay] = {}
    for each, what, first in found:
        day = date_of(first + each.index)
        if task.period.since.date() <= day < task.period.until.date():
            named.setdefault((day, what), UnusualDay(day, what, each.count, each.usual, each.known))
    return tuple(named.values())[:MOST_DAYS]


def counted(tables: Tables, task: UnusualTask) -> Iterator[tuple[str, int, Any, Any]]:
    """Yield what is counted, the first day's number, the counts by day, and which of them may still grow.

    Unknown are days before the repository's first row, when there was nothing to be counted, and before all of a
    dataset is stored. What GitHub does not show, or was never read, is not counted at all.
    """
    first, begin = day_of(task.around.since), first_day(tables)
    for table, column, what in COUNTED:
        state = task.states.get(table)
        if begin is None or state is None or state.error is not None or state.synced_at is None:
            continue
        counts = per_day(getattr(tables, table)[column], task.around)
        whole = begin if state.covered_since is None else day_of(state.covered_since + DAY - timedelta(microseconds=1))
        counts[: max(0, max(begin, whole) - first)] = math.nan
        yield what, first, counts, none_growing(counts)
    if task.sees_traffic:
        days = days_of(tables.traffic_days, task.around, task.now)
        for kind in KINDS:
            yield kind, days.first + days.begin, days.inside(kind), days.growing(kind)


def first_day(tables: Tables) -> int | None:
    """Return the number since 1970 of the day on which anybody first did anything that is stored; None of nothing."""
    days = ordinals(tables.firsts["first_at"])
    return int(days.min()) if len(days) else None


def repositories(task: RepositoriesTask) -> RepositoriesFound:
    """Measure each repository by itself, and draw what was merged in each, on one scale."""
    with speaking(task.terms.language):
        measured = [one(task, number_of, name) for number_of, name in task.repositories]
        measured.sort(key=lambda found: (-found[0].merged, -found[0].opened, found[0].name.casefold()))
        chart = multiples(task, measured)
        drawn = None if chart is None else picture(chart, drawn=task.pictures)
    return RepositoriesFound(tuple(row for row, _ in measured), drawn)


def one(task: RepositoriesTask, repository_id: int, name: str) -> tuple[RepositoryFigures, tuple[int, ...]]:
    """Return one repository's figures, and how many pull requests were merged on each day of the longer time."""
    metrics = [all_metrics()[each] for each in ASKED]
    question = Question(ASKED, task.around, repository_id, name)
    tables = loaded(Task(task.database, question, task.now, {}, pictures=False, terms=task.terms), metrics).asked
    scene = Scene(name, task.period, task.now, seed=question.seed, terms=task.terms)
    pulls, reviewed, waits, issues = (metric.measure(tables, task.period, scene) for metric in metrics)
    followed = reviewed.samples[IN_A_DAY]
    figures = RepositoryFigures(
        name,
        opened=cast("int", pulls.facts["opened"]),
        merged=cast("int", pulls.facts["merged"]),
        issues_opened=cast("int", issues.facts["opened"]),
        waiting=cast("int", waits.facts["for_reviewer_n"]),
        first_review=sum(followed) / len(followed) if len(followed) else None,
        followed=len(followed),
    )
    return figures, merged_by_day(tables, task.around)


def merged_by_day(tables: Tables, window: Window) -> tuple[int, ...]:
    """Return how many pull requests were merged on each day of a window."""
    return tuple(int(count) for count in per_day(tables.pulls["merged_at"], window))


def multiples(task: RepositoriesTask, measured: list[tuple[RepositoryFigures, tuple[int, ...]]]) -> Multiples | None:
    """Draw the repositories in which most was merged; None where nothing was."""
    shown = sorted((one for one in measured if sum(one[1])), key=lambda one: -sum(one[1]))
    if not shown:
        return None
    first = task.around.since.date()
    days = tuple(date.fromordinal(first.toordinal() + place) for place in range(len(shown[0][1])))
    total, top = sum(sum(counts) for _, counts in shown), shown[0]
    where = plural(len(shown), "repository", "repositories")
    return Multiples(
        title=f"{number(total)} pull requests merged in {where}, {number(sum(top[1]))} of them in {short(top[0].name)}",
        subtitle=f"{task.organisation} · {span(task.around)} · merged per day, UTC · beside each name its sum",
        panels=tuple(Panel(short(row.name), days, counts) for row, counts in shown[:MOST]),
        unit="pull requests merged per day",
        more=max(0, len(shown) - MOST),
    )


def short(name: str) -> str:
    """Return a repository's name without its owner."""
    return name.rpartition("/")[2]
