"""Which figure of a report is which value of the independently computed reference.

Each entry is a path into `expected.json` and what gives the same from a report's JSON. Hours are compared to a
millionth, everything else exactly; buckets and rankings are compared row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

Report = Mapping[str, Any]
Reckon = Callable[[Report], Any]


def fact(metric: str, name: str) -> Reckon:
    """Return a fact of a metric."""
    return lambda report: report["metrics"][metric]["facts"][name]


def per(metric: str, table: str, bucket: str, column: str) -> Reckon:
    """Return a table per bucket as the reference writes it: the empty buckets left out."""
    return lambda report: {
        row[bucket]: row[column] for row in report["metrics"][metric]["tables"][table] if row[column]
    }


def ranking(metric: str, table: str, *columns: str, first: int) -> Reckon:
    """Return the first rows of a ranking, as the report orders it."""
    return lambda report: [
        [row[column] for column in columns] for row in report["metrics"][metric]["tables"][table][:first]
    ]


def people(activity: str, first: int = 10) -> Reckon:
    """Return who did most of one activity; ties by lower-cased name."""

    def reckon(report: Report) -> list[list[Any]]:
        rows = [row for row in report["metrics"]["authors"]["tables"]["people"] if row[activity]]
        rows.sort(key=lambda row: (-row[activity], row["login"].lower()))
        return [[row["login"], row[activity]] for row in rows[:first]]

    return reckon


def mondays(report: Report) -> dict[str, int]:
    """Return commits per week by the week's Monday."""
    return {
        datetime.fromisocalendar(int(row["week"][:4]), int(row["week"][6:]), 1).strftime("%Y-%m-%d"): row["commits"]
        for row in report["metrics"]["commits"]["tables"]["per_week"]
        if row["commits"]
    }


def backlog(report: Report) -> dict[str, int]:
    """Return how many issues were open at each month's end."""
    return {row["month"]: row["open_at_end"] for row in report["metrics"]["issues"]["tables"]["per_month"]}


def counts_of_commit_authors(report: Report) -> list[int]:
    """Return the ten largest numbers of commits: the names are hashes, and each side hashes its own way."""
    return [total for _, total in people("commits")(report)]


MERGE_TIMES: Mapping[str, Reckon] = {
    "n": fact("time-to-merge", "merged_n"),
    "median": fact("time-to-merge", "merged_median_hours"),
    "p90": fact("time-to-merge", "merged_p90_hours"),
    "mean": fact("time-to-merge", "merged_mean_hours"),
}

FIRST_REVIEWS: Mapping[str, Reckon] = {
    "n": fact("first-review", "reviewed_n"),
    "median": fact("first-review", "reviewed_median_hours"),
    "p90": fact("first-review", "reviewed_p90_hours"),
}

WHOLE: Mapping[str, Reckon] = {
    "pulls.total": fact("pulls", "opened"),
    "pulls.merged": fact("pulls", "merged"),
    "pulls.closed_unmerged": fact("pulls", "closed_unmerged"),
    "pulls.open": fact("pulls", "open_at_end"),
    "pulls.size.n": fact("pulls", "size_n"),
    "pulls.size.median_changed_lines": fact("pulls", "size_median_lines"),
    "pulls.opened_per_month": per("pulls", "per_month", "month", "opened"),
    "pulls.merged_per_month": per("pulls", "per_month", "month", "merged"),
    "pulls.closed_unmerged_per_month": per("pulls", "per_month", "month", "closed_unmerged"),
    "pulls.top_authors": people("pulls"),
    **{f"pulls.time_to_merge_hours.overall.{name}": reckon for name, reckon in MERGE_TIMES.items()},
    # bots are left out of review times, and so compared with the reference's figures without them
    **{f"reviews.time_to_first_review_hours_without_bots.{name}": reckon for name, reckon in FIRST_REVIEWS.items()},
    "reviews.counted": fact("review-matrix", "reviews"),
    "reviews.self_reviews": fact("review-matrix", "self_reviews"),
    "reviews.distinct_pairs": fact("review-matrix", "distinct_pairs"),
    "reviews.pulls_reviewed": fact("review-matrix", "pulls_reviewed"),
    "reviews.reviewers": lambda report: len(report["metrics"]["review-matrix"]["tables"]["reviewers"]),
    "reviews.per_month": per("review-matrix", "per_month", "month", "reviews"),
    "reviews.top_reviewers": ranking("review-matrix", "reviewers", "reviewer", "reviews", first=10),
    "reviews.top_pairs_by_reviews": ranking(
        "review-matrix", "pairs_by_reviews", "reviewer", "author", "reviews", first=20
    ),
    "reviews.top_pairs_by_pulls": ranking("review-matrix", "pairs_by_pulls", "reviewer", "author", "pulls", first=20),
    "issues.total": fact("issues", "opened"),
    "issues.closed": fact("issues", "closed"),
    "issues.open": fact("issues", "open_at_end"),
    "issues.opened_per_month": per("issues", "per_month", "month", "opened"),
    "issues.closed_per_month": per("issues", "per_month", "month", "closed"),
    "issues.open_at_month_end": backlog,
    "issues.time_to_close_hours.n": fact("issues", "closed_n"),
    "issues.time_to_close_hours.median": fact("issues", "closed_median_hours"),
    "issues.top_authors": people("issues"),
    "commits.total": fact("commits", "commits"),
    "commits.authors": fact("commits", "authors"),
    "commits.additions": fact("commits", "additions"),
    "commits.deletions": fact("commits", "deletions"),
    "commits.per_week_monday_committer_date": mondays,
    "commits.top_authors": counts_of_commit_authors,
}

WINDOW: Mapping[str, Reckon] = {
    "opened": fact("pulls", "opened"),
    "merged": fact("pulls", "merged"),
    "closed_unmerged": fact("pulls", "closed_unmerged"),
    "top_authors": people("pulls", first=5),
    "issues_opened": fact("issues", "opened"),
    "issues_closed": fact("issues", "closed"),
    "reviews": fact("review-matrix", "reviews"),
    "top_pairs_by_reviews": ranking(
        "review-matrix", "pairs_by_reviews", "reviewer", "author", "reviews", first=5
    ),
    **{f"time_to_merge_hours.{name}": reckon for name, reckon in MERGE_TIMES.items()},
}  # fmt: skip

YEAR = MERGE_TIMES

# What the reference counts and no metric of this report does: a distinct figure, not a forgotten one.
NOT_OURS = frozenset({
    "dataset", "snapshot_at", "windows_before_snapshot_days",
    "pulls.authors", "pulls.author_unknown", "pulls.closed_any_per_month", "pulls.size.additions",
    "pulls.size.deletions", "pulls.time_to_merge_hours.by_merge_year",
    "pulls.time_to_merge_hours.overall.min", "pulls.time_to_merge_hours.overall.max",
    "reviews.total", "reviews.left_out", "reviews.by_state",
    "reviews.time_to_first_review_hours",
    *(f"reviews.time_to_first_review_hours_without_bots.{name}" for name in ("mean", "min", "max")),
    "reviews.time_to_first_review_hours_without_bots.negative_left_out",
    "issues.time_to_close_hours.p90", "issues.time_to_close_hours.mean", "issues.time_to_close_hours.min",
    "issues.time_to_close_hours.max",
    "commits.merges", "commits.per_week_sunday_author_date_no_merges",
})  # fmt: skip
NOT_OURS_IN_A_WINDOW = frozenset({"from", "until", "time_to_merge_hours.min", "time_to_merge_hours.max"})


def at(values: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted path."""
    for step in path.split("."):
        values = values[step]
    return values


def told(expected: Mapping[str, Any], path: str) -> Any:
    """Return what the reference says, as the report says it."""
    value = at(expected, path)
    if path == "commits.top_authors":
        return [total for _, total in value]
    if path in ("pulls.top_authors", "issues.top_authors", "top_authors"):
        return [[login, total] for login, total, *_ in value]
    return value


def leaves(values: Mapping[str, Any], stop: Mapping[str, Reckon] | frozenset[str], before: str = "") -> Iterator[str]:
    """Yield every path of the reference, down to those that are compared or left out on purpose."""
    for name, value in values.items():
        path = f"{before}{name}"
        if path in stop or path in NOT_OURS or path in NOT_OURS_IN_A_WINDOW or not isinstance(value, dict):
            yield path
        else:
            yield from leaves(value, stop, f"{path}.")


def size(value: Any) -> int:
    """Return how many figures a value holds: a ranking's row and a bucket are one each."""
    return len(value) if isinstance(value, list | dict) else 1
