"""A folder of a traffic collector: `windows.jsonl.gz`, `referrers.csv.gz`, `paths.csv.gz`, `stars.csv`, `forks.csv`.

`meta.json` names the repository. Who gave the stars is not in it, only how many there were when: each becomes an
account that exists for nothing else.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from sandbox.clock import iso, parse_iso
from sandbox.traffic import Counted, Ranked
from sandbox.traffic_replay import Replay, Window

Row = dict[str, Any]
WINDOWS = "windows.jsonl.gz"


def is_one(folder: Path) -> bool:
    """Tell whether a folder holds captured traffic."""
    return (folder / WINDOWS).is_file() and (folder / "meta.json").is_file()


def read_replay(folder: Path) -> Replay:
    """Read every capture of a folder; ValueError names the file and line of one that cannot be read."""
    referrers, paths = _lists(folder / "referrers.csv.gz"), _lists(folder / "paths.csv.gz")
    windows = []
    with gzip.open(folder / WINDOWS, "rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                said = msgspec.json.decode(line)
                at = said["captured_at"]
                window = Window(
                    at, _days(said["views"]), _days(said["clones"]), referrers.get(at, ()), paths.get(at, ())
                )
            except (msgspec.DecodeError, KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{folder / WINDOWS}, line {number}: {error}") from error
            windows.append(window)
    return Replay(tuple(sorted(windows, key=lambda one: one.captured_at)))


def read_rows(folder: Path, replay: Replay) -> tuple[Row, list[Row], list[Row]]:
    """Return the repository's description, its stars and its forks; its "now" is the last capture."""
    meta = msgspec.json.decode((folder / "meta.json").read_bytes())
    full_name = str(meta["repository"])
    owner, name = full_name.split("/", 1)
    stars = [{"user": f"stargazer-{n:05}", "starred_at": at} for n, at in _cumulative(folder / "stars.csv")]
    forks = [{"owner": f"fork-keeper-{n:05}", "created_at": at} for n, at in _cumulative(folder / "forks.csv")]
    last = replay.windows[-1].captured_at if replay.windows else None
    days = [day for one in replay.windows[:1] for day in (*one.views, *one.clones)]
    known = [f"{day.isoformat()}T00:00:00Z" for day in days]
    known += [row["starred_at"] for row in stars] + [row["created_at"] for row in forks]
    repo = {
        "full_name": full_name, "owner": owner, "name": name, "default_branch": "main", "visibility": "public",
        "snapshot_at": last, "created_at": min(known, default=last), "coverage": "traffic",
    }  # fmt: skip
    return repo, stars, forks


def _days(rows: list[Any]) -> dict[date, Counted]:
    return {date.fromisoformat(day): Counted(count, uniques) for day, count, uniques in rows}


def _lists(path: Path) -> dict[str, tuple[Ranked, ...]]:
    """Return the list of each capture in the order it was given."""
    found: dict[str, tuple[Ranked, ...]] = {}
    for at, name, count, uniques in _lines(path):
        found[at] = (*found.get(at, ()), Ranked(name, int(count), int(uniques)))
    return found


def _cumulative(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each one's number and when it came, from rows that say how many there were by then."""
    reached = 0
    for at, count in _lines(path):
        for number in range(reached + 1, int(count) + 1):
            yield number, iso(parse_iso(at))
        reached = max(reached, int(count))


def _lines(path: Path) -> Iterator[list[str]]:
    if not path.is_file():
        return
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        lines = csv.reader(file)
        next(lines, None)  # the names of the columns
        yield from (line for line in lines if line)
