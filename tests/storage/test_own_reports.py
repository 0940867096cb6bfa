"""Reports that the App writes as issues do not count in what it reports, and are said to be left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.actors import Actor, ActorKind
from analytics.filters import Filters
from analytics.rows import CommentRow, IssueRow
from storage import activity
from storage.engine import Store
from storage.installations import save_repository
from storage.loading import load, load_together
from storage.own_reports import count_own_reports
from storage.written_reports import WrittenReport, save_report
from tests.storage.ask import write
from tests.storage.conftest import REPOSITORY

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
APP, OPAL = Actor("almanac", ActorKind.BOT), Actor("Opal", ActorKind.PERSON)
TABLES = ["issues", "titles", "comments"]


def issue(number: int, by: Actor, days: int, closed: int | None = None) -> IssueRow:
    """Return an issue that was opened so many days ago."""
    at, end = NOW - days * DAY, None if closed is None else NOW - closed * DAY
    return IssueRow(number, "Water", by, at, end or at, end, None, 0, None, None)


def report(number: int | None, key: str, comment: int | None = None) -> WrittenReport:
    return WrittenReport(key, REPOSITORY.id, "weekly", "2026-W46", "posted", number, comment, NOW, NOW)


@pytest.fixture
async def filled(store: Store) -> str:
    """Two issues of people; a report that was closed 9 days ago, one that is open, one in a person's thread."""
    await write(store, save_repository, replace(REPOSITORY, id=8))
    rows = [issue(1, OPAL, 20), issue(2, OPAL, 3), issue(3, APP, 16, 9), issue(4, APP, 9)]
    for repository_id in (REPOSITORY.id, 8):
        await write(store, activity.save_issues, repository_id, rows)
    said = [CommentRow(f"IC_{number}", number, False, OPAL, NOW - DAY, 9) for number in (1, 4)]
    await write(store, activity.save_comments, REPOSITORY.id, said)
    for one in (report(3, "a"), report(4, "b"), report(1, "c", 77), report(None, "d")):
        await write(store, save_report, one)
    return store.url


def test_they_are_in_no_table(filled: str) -> None:
    """Not as issues, not among what waits, and what is said in them is not said; in a thread nothing is left out."""
    found = load(filled, REPOSITORY.id, TABLES, NOW - 30 * DAY, NOW)
    assert sorted(found["issues"]["number"].tolist()) == [1, 2]
    assert sorted(found["titles"]["number"].tolist()) == [1, 2]
    assert found["comments"]["number"].tolist() == [1]
    everything = load(filled, REPOSITORY.id, ["issues"], None, NOW)
    assert sorted(everything["issues"]["number"].tolist()) == [1, 2]


def test_numbers_of_another_repository_are_its_own(filled: str) -> None:
    assert sorted(load(filled, 8, ["issues"], None, NOW)["issues"]["number"].tolist()) == [1, 2, 3, 4]
    together = load_together(filled, [REPOSITORY.id, 8], ["issues"], None, NOW)
    assert sorted(together.columns["issues"]["number"].tolist()) == [1, 2, 5, 6, 7, 8]


def test_how_many_are_left_out_of_a_window(filled: str) -> None:
    """One was closed 9 days ago and does not belong to the last week; no report is an issue by Opal."""
    of = [REPOSITORY.id, 8]
    assert count_own_reports(filled, of, NOW - 30 * DAY, NOW) == 2
    assert count_own_reports(filled, of, None, NOW) == 2
    assert count_own_reports(filled, of, NOW - 7 * DAY, NOW) == 1
    assert count_own_reports(filled, of, None, NOW - 10 * DAY) == 1
    assert count_own_reports(filled, of, None, NOW, Filters(authors=("opal",))) == 0
    assert count_own_reports(filled, of, None, NOW, Filters(authors=("almanac[bot]",))) == 2
    assert count_own_reports(filled, [8], None, NOW) == 0
