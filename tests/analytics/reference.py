"""The reference data sets beside the checkout as Tables, read independently of the project's own readers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from analytics.actors import Actor
from analytics.tables import Tables
from analytics.window import parse_iso

Rows = list[dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Reference:
    """A data set: its tables, the moment of its snapshot, and the values others computed from it."""

    name: str
    tables: Tables
    now: datetime
    expected: dict[str, Any]


def read(folder: Path) -> Reference:
    """Read a data set with pull requests, reviews, issues and commits."""
    pulls, reviews, issues, commits = (
        lines(folder / f"{name}.jsonl.gz") for name in ("pulls", "reviews", "issues", "commits")
    )
    authors = {row["number"]: actor(row) for row in pulls}
    found = Tables.of(
        {
            "pulls": {
                **people(pulls, "author", actor),
                **plain(pulls, "number", "additions", "deletions"),
                **times(pulls, created_at="created_at", closed_at="closed_at", merged_at="merged_at"),
            },
            "reviews": {
                **people(reviews, "reviewer", actor),
                **people(reviews, "author", lambda row: authors[row["number"]]),
                **plain(reviews, "number", "state"),
                **times(reviews, submitted_at="submitted_at"),
            },
            "issues": {
                **people(issues, "author", actor),
                **plain(issues, "number"),
                **times(issues, created_at="created_at", closed_at="closed_at"),
            },
            "commits": {
                **people(commits, "author", actor),
                **plain(commits, "sha", "additions", "deletions"),
                "parents": [len(row["parents"]) for row in commits],
                **times(commits, committed_at="committer_date", authored_at="author_date"),
            },
        }
    )
    return Reference(folder.name, found, snapshot(folder), expected(folder))


def read_pulls(folder: Path, repository: str | None = None) -> Reference:
    """Read a data set of pull requests alone, all of an organisation's or one repository's."""
    rows = [row for row in lines(folder / "pulls.jsonl.gz") if repository in (None, row["repo"])]
    found = Tables.of(
        {
            "pulls": {
                **people(rows, "author", actor),
                **plain(rows, "number"),
                **times(rows, created_at="created_at", merged_at="merged_at"),
            }
        }
    )
    values = expected(folder)
    return Reference(
        repository or folder.name,
        found,
        snapshot(folder),
        values["largest_repositories"][repository] if repository else values,
    )


def lines(path: Path) -> Rows:
    """Return the JSON objects of a file, one a line."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def snapshot(folder: Path) -> datetime:
    """Return the moment the data set was taken."""
    return parse_iso(json.loads((folder / "repo.json").read_text())["snapshot_at"])


def expected(folder: Path) -> dict[str, Any]:
    """Return the independently computed values."""
    values: dict[str, Any] = json.loads((folder / "expected.json").read_text())
    return values


def actor(row: dict[str, Any]) -> Actor:
    """Return who did what the row says."""
    return Actor.from_github(row["author"], row.get("author_type"))


def people(rows: Rows, role: str, who: Callable[[dict[str, Any]], Actor]) -> dict[str, list[str]]:
    """Return the columns of a role and of its actors' kinds."""
    found = [who(row) for row in rows]
    return {role: [each.login for each in found], f"{role}_kind": [each.kind.value for each in found]}


def plain(rows: Rows, *names: str) -> dict[str, list[Any]]:
    """Return columns as they are."""
    return {name: [row[name] for row in rows] for name in names}


def times(rows: Rows, **columns: str) -> dict[str, list[datetime | None]]:
    """Return columns of moments, each from the field it is called in the file."""
    return {name: list(moments(row[field] for row in rows)) for name, field in columns.items()}


def moments(texts: Iterable[str | None]) -> Iterable[datetime | None]:
    """Return ISO 8601 texts as moments."""
    return (None if text is None else parse_iso(text) for text in texts)
