"""Real answers about traffic, kept as Almanac keeps them, as Tables: read here apart from the project's own readers."""

from __future__ import annotations

import csv
import gzip
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from analytics.tables import Tables
from analytics.traffic import SETTLING, Count, known_days
from analytics.window import parse_iso

KINDS = {"views": "view_uniques", "clones": "clone_uniques"}


def answers(folder: Path) -> list[dict[str, Any]]:
    """Return every answer in the order in which they came."""
    with gzip.open(folder / "windows.jsonl.gz", "rt", encoding="utf-8") as file:
        return sorted((json.loads(line) for line in file), key=lambda answer: str(answer["captured_at"]))


def read(folder: Path, until: datetime | None = None) -> Tables:
    """Return what is known from all answers given up to `until`, and the dated lists."""
    given = [answer for answer in answers(folder) if until is None or parse_iso(answer["captured_at"]) <= until]
    return Tables.of(
        {
            "traffic_days": day_columns(given),
            "referrers": list_columns(folder / "referrers.csv.gz", "referrer", until),
            "paths": list_columns(folder / "paths.csv.gz", "path", until),
        }
    )


def day_columns(given: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the columns of `traffic_days`: the maximum of each day and measure, zero where covered, else unknown."""
    kept: dict[str, dict[date, Count]] = {kind: {} for kind in KINDS}
    seen: dict[date, date] = {}
    for answer in given:
        on = parse_iso(answer["captured_at"]).date()
        for kind in KINDS:
            listed = {date.fromisoformat(day): Count(count, uniques) for day, count, uniques in answer[kind]}
            for day, said in known_days(listed, on).items():
                old = kept[kind].get(day, Count(0, 0))
                kept[kind][day] = Count(max(old.count, said.count), max(old.uniques, said.uniques))
                seen[day] = max(seen.get(day, on), on)
    days = sorted(kept["views"].keys() | kept["clones"].keys())
    columns: dict[str, list[Any]] = {"day": [midnight(day) for day in days]}
    for kind, uniques in KINDS.items():
        found = [kept[kind].get(day) for day in days]
        columns[kind] = [each and each.count for each in found]
        columns[uniques] = [each and each.uniques for each in found]
        columns[f"{kind}_provisional"] = [seen[day] < day + timedelta(days=SETTLING) for day in days]
    return columns


def list_columns(path: Path, name: str, until: datetime | None) -> dict[str, list[Any]]:
    """Return the columns of a table of lists: of every date the last one."""
    by_date: dict[date, tuple[datetime, list[tuple[str, int, int]]]] = {}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = parse_iso(row["captured_at"])
            if until is not None and at > until:
                continue
            if by_date.get(at.date(), (at, []))[0] <= at:
                if at.date() not in by_date or by_date[at.date()][0] < at:
                    by_date[at.date()] = (at, [])
                by_date[at.date()][1].append((row[name], int(row["count"]), int(row["uniques"])))
    rows = [
        (midnight(day), place, *line)
        for day, (_, lines) in sorted(by_date.items())
        for place, line in enumerate(lines, 1)
    ]
    return dict(zip(("day", "position", "name", "count", "uniques"), map(list, zip(*rows, strict=True)), strict=False))


def midnight(day: date) -> datetime:
    """Return when a UTC day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
