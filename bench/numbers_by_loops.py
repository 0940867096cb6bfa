"""The shared figures as a notebook computes them: pandas, one row after the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from statistics import fmean
from typing import Any

import numpy as np
import pandas as pd

from analytics.tables import Tables
from bench.numbers import NOW

STATES = {"APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"}
BOTS = {"bot", "ai"}


def figures(tables: Tables) -> dict[str, Any]:
    """Return the shared figures."""
    taken: list[float] = []
    opened: Counter[datetime] = Counter()
    merged: Counter[datetime] = Counter()
    created: dict[int, Any] = {}
    for _, row in tables.pulls.iterrows():
        created[row["number"]] = row["created_at"]
        opened[week(row["created_at"])] += 1
        if not pd.isna(row["merged_at"]):
            merged[week(row["merged_at"])] += 1
            hours = (row["merged_at"] - row["created_at"]) / timedelta(hours=1)
            if hours >= 0:
                taken.append(hours)
    reviews: Counter[tuple[str, str]] = Counter()
    pulls: dict[tuple[str, str], set[int]] = defaultdict(set)
    first: dict[int, Any] = {}
    for _, row in tables.reviews.iterrows():
        if row["state"] not in STATES or pd.isna(row["submitted_at"]) or row["reviewer"] == row["author"]:
            continue
        pair = (row["reviewer"], row["author"])
        reviews[pair] += 1
        pulls[pair].add(row["number"])
        if row["reviewer_kind"] in BOTS:
            continue
        if row["number"] not in first or row["submitted_at"] < first[row["number"]]:
            first[row["number"]] = row["submitted_at"]
    waits = [(at - created[number]) / timedelta(hours=1) for number, at in first.items() if number in created]
    waits = [hours for hours in waits if hours >= 0]
    weeks = weeks_between(opened, merged)
    return {
        "merged_median_hours": float(np.median(taken)) if taken else None,
        "merged_p90_hours": float(np.quantile(taken, 0.9)) if taken else None,
        "merged_mean_hours": fmean(taken) if taken else None,
        "opened_per_week": [opened[one] for one in weeks],
        "merged_per_week": [merged[one] for one in weeks],
        "pairs": sorted([*pair, total, len(pulls[pair])] for pair, total in reviews.items()),
        "first_review_median_hours": float(np.median(waits)) if waits else None,
        "issues_open_at_month_end": backlog(tables),
        "commits_per_week": commits(tables),
    }


def week(at: Any) -> datetime:
    """Return the Monday of a moment's week."""
    monday: datetime = (at - timedelta(days=at.weekday())).normalize()
    return monday


def weeks_between(*counts: Counter[datetime]) -> list[datetime]:
    """Return every Monday from the first that is counted to now."""
    known = [one for count in counts for one in count]
    if not known:
        return []
    weeks, one = [], min(known)
    while one <= NOW:
        weeks.append(one)
        one += timedelta(days=7)
    return weeks


def backlog(tables: Tables) -> list[int]:
    """Return how many issues were open at the end of each month."""
    rows = [(row["created_at"], row["closed_at"]) for _, row in tables.issues.iterrows()]
    if not rows:
        return []
    change: Counter[tuple[int, int]] = Counter()
    for begin, end in rows:
        change[begin.year, begin.month] += 1
        if not pd.isna(end):
            change[end.year, end.month] -= 1
    year, month = min(change)
    total, found = 0, []
    while (year, month) <= (NOW.year, NOW.month):
        total += change[year, month]
        found.append(total)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def commits(tables: Tables) -> list[int]:
    """Return the commits of each week."""
    made = Counter(week(row["committed_at"]) for _, row in tables.commits.iterrows())
    return [made[one] for one in weeks_between(made)]
