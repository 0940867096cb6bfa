"""Real answers, saved one after the other, end in the values that were computed from them independently."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics.traffic import Capture, Count, Kind, Listed, Traffic
from storage.connection import Connection
from storage.engine import Store
from storage.installations import save_repository
from storage.listings import ListedOn, ListKind
from storage.traffic import TrafficDay, days, lists, save_capture
from tests.storage.conftest import REPOSITORY
from tests.storage.showing import DAY

FOLDERS = [
    "l3af-project__l3afd",
    "jgehrcke__gipc",
    "cicsdev__cics-async-api-redbooks",
    "cicsdev__cics-banking-sample-application-cbsa",
    "cicsdev__cics-genapp",
    "cicsdev__cics-java-liberty-springboot-jcics",
]
KINDS: tuple[Kind, ...] = ("views", "clones")
LISTS: tuple[ListKind, ...] = ("referrers", "paths")
ListsOf = Mapping[str, tuple[Listed, ...]]


def listed(path: Path, name: str) -> ListsOf:
    """Return the lists of a file by the moment of their capture."""
    found: dict[str, list[Listed]] = defaultdict(list)
    with gzip.open(path, "rt") as file:
        for line in csv.DictReader(file):
            found[line["captured_at"]].append(Listed(line[name], int(line["count"]), int(line["uniques"])))
    return {at: tuple(lines) for at, lines in found.items()}


def traffic(window: Mapping[str, Any], kind: Kind) -> Traffic:
    shown = {date.fromisoformat(day): Count(count, uniques) for day, count, uniques in window[kind]}
    return Traffic(Count(0, 0), shown)


def capture(window: Mapping[str, Any], referrers: ListsOf, paths: ListsOf) -> Capture:
    at = window["captured_at"]
    return Capture(
        repository_id=REPOSITORY.id,
        captured_at=datetime.fromisoformat(at),
        views=traffic(window, "views"),
        clones=traffic(window, "clones"),
        view_weeks=None,
        clone_weeks=None,
        referrers=referrers.get(at, ()),
        paths=paths.get(at, ()),
        raw={"window": json.dumps(window).encode()},
    )


@dataclass(frozen=True)
class Replayed:
    """A folder's answers, and what is kept after each was saved in the order of time."""

    expected: dict[str, Any]
    captures: list[Capture]
    days: list[TrafficDay]
    lists: dict[str, list[ListedOn]]

    def known(self, kind: Kind) -> dict[date, Count]:
        """The known days of one kind."""
        pairs = {day.day: (getattr(day, kind), getattr(day, f"{kind[:-1]}_uniques")) for day in self.days}
        return {day: Count(*pair) for day, pair in pairs.items() if None not in pair}


@pytest.fixture(params=FOLDERS)
async def replayed(
    request: pytest.FixtureRequest, shared_folder: Path, empty_database: Path, tmp_path: Path
) -> Replayed:
    folder: Path = shared_folder / "data" / "traffic" / request.param
    referrers = listed(folder / "referrers.csv.gz", "referrer")
    paths = listed(folder / "paths.csv.gz", "path")
    with gzip.open(folder / "windows.jsonl.gz") as file:
        captures = [capture(json.loads(line), referrers, paths) for line in file]
    shutil.copyfile(empty_database, tmp_path / "replay.db")
    store = await Store.open(f"sqlite:///{tmp_path / 'replay.db'}")

    async def work(conn: Connection) -> Replayed:
        await save_repository(conn, REPOSITORY)
        for shown in captures:
            await save_capture(conn, shown, installation_id=1, run="r", requests=6, outcome="captured")
        tops: dict[str, list[ListedOn]] = {kind: await lists(conn, REPOSITORY.id, kind) for kind in LISTS}
        expected = json.loads((folder / "expected.json").read_text())
        return Replayed(expected, captures, await days(conn, REPOSITORY.id), tops)

    kept = await store.write(work)
    await store.close()
    return kept


def test_real_answers_end_in_the_values_computed_from_them_elsewhere(replayed: Replayed) -> None:
    """Sums, months and weeks of both kinds, which days are known, and the lists of the last date."""
    captured_on = {shown.captured_at.date() for shown in replayed.captures}
    for kind in KINDS:
        expected, known = replayed.expected["replay"][kind], replayed.known(kind)
        assert sum(count.count for count in known.values()) == expected["count_if_max_wins"]
        assert sum(count.uniques for count in known.values()) == expected["uniques_if_max_wins"]
        assert months(known) == {month: count for month, count in expected["per_month_if_max_wins"].items() if count}
        assert weeks(known) == {week: count for week, count in expected["per_week_monday_if_max_wins"].items() if count}
        first, last = (date.fromisoformat(expected[end]) for end in ("first_day", "last_day"))
        between = {first + DAY * number for number in range((last - first).days + 1)}
        covered = {day for day in between if any(day + DAY * later in captured_on for later in range(14))}
        shown = {day for each in replayed.captures for day in listed_days(each, kind)}
        assert len(between - covered) == expected["days_between_first_and_last_not_covered"]
        assert len(covered - shown) == expected["days_covered_but_never_listed"]
        assert between & set(known) == covered | (between & shown)
    for name, lines in replayed.lists.items():
        latest = [[line.name, line.count, line.uniques] for line in lines if line.day == lines[-1].day]
        assert latest == replayed.expected[name]["latest"]


def listed_days(shown: Capture, kind: Kind) -> Mapping[date, Count]:
    traffic: Traffic = getattr(shown, kind)
    return traffic.days


def months(known: Mapping[date, Count]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for day, count in known.items():
        found[f"{day:%Y-%m}"] += count.count
    return {month: count for month, count in found.items() if count}


def weeks(known: Mapping[date, Count]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for day, count in known.items():
        found[str(day - DAY * day.weekday())] += count.count
    return {week: count for week, count in found.items() if count}
