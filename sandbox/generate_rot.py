"""What if some pull requests had never ended: the same repository with a part of the slower ones left to rot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sandbox.clock import parse_iso
from sandbox.dataset import Dataset, Row

ENDINGS = frozenset({"merged", "closed", "reopened"})


def rotten(dataset: Dataset, share: float, since: datetime) -> Dataset:
    """Return the repository with a `share` of the pull requests opened since then still open, at most a third.

    It is every third of the slower ones, as many of these as that takes: what is hard is abandoned more often than what
    is easy. What ended them never happened; everything else of them, their reviews too, stays.
    """
    opened = [row for row in dataset.pulls if parse_iso(row["created_at"]) >= since]
    ended = [row for row in opened if row["closed_at"]]
    slower = sorted(ended, key=lasted, reverse=True)[: 3 * round(share * len(opened))]
    numbers = {row["number"] for row in slower[::3]}
    pulls = [left_open(row) if row["number"] in numbers else row for row in dataset.pulls]
    timeline = [row for row in dataset.timeline if row["number"] not in numbers or row["event"] not in ENDINGS]
    return replace(dataset, pulls=pulls, timeline=timeline)


def lasted(row: Row) -> float:
    """Return the seconds from opening to the end."""
    return (parse_iso(row["closed_at"]) - parse_iso(row["created_at"])).total_seconds()


def left_open(row: Row) -> Row:
    """Return a pull request that nobody ended."""
    ends: Row = {name: None for name in ("closed_at", "merged_at", "merged_by", "merge_commit_sha") if name in row}
    return {**row, **ends, "state": "open"}
