"""The shared figures in polars, the fastest frames there are, by its own idioms."""

from __future__ import annotations

from typing import Any

import polars as pl

from analytics.tables import Tables
from bench.numbers import NOW

STATES = ["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"]
BOTS = ["bot", "ai"]
HOUR = 3_600_000_000


def figures(tables: Tables) -> dict[str, Any]:
    """Return the shared figures; turning pandas frames into polars' is part of it, as it would be there."""
    pulls = of(tables.pulls, "number", "created_at", "merged_at")
    reviews = of(tables.reviews, "number", "reviewer", "reviewer_kind", "author", "state", "submitted_at")
    issues, commits = of(tables.issues, "created_at", "closed_at"), of(tables.commits, "committed_at")
    taken = durations(pulls, "merged_at")
    counted = reviews.filter(
        pl.col("state").is_in(STATES)
        & pl.col("submitted_at").is_not_null()
        & (pl.col("reviewer").cast(pl.String) != pl.col("author").cast(pl.String))
    )
    pairs = counted.group_by("reviewer", "author").agg(pl.len(), pl.col("number").n_unique().alias("pulls"))
    first = (
        counted.filter(~pl.col("reviewer_kind").cast(pl.String).is_in(BOTS))
        .group_by("number")
        .agg(pl.col("submitted_at").min())
        .join(pulls, on="number")
    )
    waits = durations(first, "submitted_at")
    both = pl.concat([pulls["created_at"], pulls["merged_at"].drop_nulls()])
    return {
        "merged_median_hours": taken.median(),
        "merged_p90_hours": taken.quantile(0.9, "linear"),
        "merged_mean_hours": taken.mean(),
        "opened_per_week": per_week(pulls["created_at"], both),
        "merged_per_week": per_week(pulls["merged_at"].drop_nulls(), both),
        "pairs": sorted([str(who), str(whose), int(n), int(m)] for who, whose, n, m in pairs.iter_rows()),
        "first_review_median_hours": waits.median(),
        "issues_open_at_month_end": backlog(issues),
        "commits_per_week": per_week(commits["committed_at"], commits["committed_at"]),
    }


def of(frame: Any, *names: str) -> pl.DataFrame:
    """Return some columns of a pandas frame."""
    made: pl.DataFrame = pl.from_pandas(frame[list(names)])
    return made


def durations(frame: pl.DataFrame, end: str) -> pl.Series:
    """Return the hours from opening to `end`, negative ones left out."""
    hours = frame.select(hours=(pl.col(end) - pl.col("created_at")).dt.total_microseconds() / HOUR)
    return hours.filter(pl.col("hours") >= 0)["hours"]


def per_week(at: pl.Series, over: pl.Series) -> list[int]:
    """Count moments by ISO week, from the first of `over` to now."""
    if not len(over):
        return []
    first = pl.Series([over.min()]).dt.truncate("1w")[0]
    weeks = pl.DataFrame({"week": pl.datetime_range(first, NOW, "1w", time_unit="us", eager=True)})
    made = pl.DataFrame({"week": at.dt.truncate("1w")}).group_by("week").len()
    return weeks.join(made, on="week", how="left").sort("week")["len"].fill_null(0).to_list()


def backlog(issues: pl.DataFrame) -> list[int]:
    """Return how many issues were open at the end of each month."""
    if not len(issues):
        return []
    change = pl.concat([
        issues.select(month=pl.col("created_at").dt.truncate("1mo"), by=pl.lit(1)),
        issues.select(month=pl.col("closed_at").dt.truncate("1mo"), by=pl.lit(-1)).drop_nulls(),
    ])  # fmt: skip
    first = change["month"].sort()[0]
    months = pl.DataFrame({"month": pl.datetime_range(first, NOW, "1mo", time_unit="us", eager=True)})
    totals = change.group_by("month").agg(pl.col("by").sum())
    joined = months.join(totals, on="month", how="left").sort("month")
    return joined["by"].fill_null(0).cum_sum().to_list()
