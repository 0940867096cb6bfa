"""The line under an answer: how much it rests on, how old that is, and what could not be read at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from analytics.window import BEGINNING, Window
from reports.against import Against
from reports.answer import Answer, Completeness, DatasetState
from reports.completeness import line as whole_line
from reports.completeness import stored
from reports.question import Question

NOW = datetime(2026, 7, 9, 8, tzinfo=UTC)
WHEN = NOW - timedelta(minutes=3)
REFUSED = DatasetState(
    "commits", 0, error="Resource not accessible by integration (it needs the permission contents=read)"
)
SAID = "commits not readable: Resource not accessible by integration (it needs the permission contents=read)"


def line(*states: DatasetState) -> str:
    return stored(Completeness({state.dataset: state for state in states}), NOW)


def test_a_count_alone_where_everything_down_to_the_edge_was_read() -> None:
    pulls = DatasetState("pulls", 34, synced_at=WHEN, whole_history=True, parts={"reviews": 68})
    assert line(pulls) == "34 pull requests, 68 reviews, synced 3 min ago"


def test_where_rows_are_missing_it_says_of_how_many() -> None:
    assert line(DatasetState("issues", 33, 34, WHEN, whole_history=True)) == "33 of 34 issues, synced 3 min ago"


def test_what_was_dropped_is_said() -> None:
    paths = DatasetState("paths", 12, synced_at=WHEN, kept_since=datetime(2026, 1, 1, tzinfo=UTC))
    assert line(paths) == "12 paths (those before 1 Jan 2026 are no longer kept), synced 3 min ago"


def test_a_refused_dataset_is_named_once_and_is_not_late() -> None:
    pulls = DatasetState("pulls", 34, synced_at=WHEN, whole_history=True)
    assert line(pulls, REFUSED) == f"34 pull requests, synced 3 min ago · {SAID}"


def test_nothing_but_refused_datasets_is_not_late_either() -> None:
    assert line(REFUSED) == SAID


def test_what_was_imported_is_not_late() -> None:
    """How far an import reaches is said beside it; nothing of it is waiting to be read from GitHub."""
    imported = DatasetState("traffic", 1095)
    assert line(imported) == "1,095 traffic days"
    assert (
        line(imported, DatasetState("releases", 3, synced_at=WHEN))
        == "1,095 traffic days, 3 releases, synced 3 min ago"
    )
    assert line(DatasetState("stars", 3)) == "3 stars, not all of it synced yet"


def test_the_other_repository_has_its_own_rows_and_its_own_sync() -> None:
    """What is compared is as good as its poorer side: each says what it rests on."""
    pulls = DatasetState("pulls", 34, synced_at=WHEN, whole_history=True, parts={"reviews": 68})
    there = DatasetState("pulls", 12, 15, NOW - timedelta(hours=2), covered_since=NOW - timedelta(days=31))
    question = Question(("pulls",), Window.last(30, NOW), 7, "o/r", against=Against("repository", 8, "o/other"))
    known = Completeness({"pulls": pulls}, other={"pulls": there, "commits": REFUSED})
    said = whole_line(Answer(question, NOW, (), known)).split(" · ")
    assert "34 pull requests, 68 reviews, synced 3 min ago" in said
    place = said.index("in o/other: 12 of 15 pull requests (older than 8 Jun 2026 still being read), synced 2 h ago")
    assert said[place + 1] == SAID
    alone = whole_line(Answer(replace(question, against=Against()), NOW, (), Completeness({"pulls": pulls})))
    assert "o/other" not in alone


def test_a_dataset_that_was_never_read_is_late() -> None:
    assert line(DatasetState("issues", 0), REFUSED) == f"0 issues, not all of it synced yet · {SAID}"


def test_a_whole_history_begins_with_the_earliest_row_of_any_dataset() -> None:
    question = Question(("pulls",), Window(BEGINNING, NOW), 7, "o/r")
    states = {
        name: DatasetState(name, 3, synced_at=WHEN, whole_history=True, first=NOW - timedelta(days=days))
        for name, days in (("pulls", 400), ("issues", 700))
    }
    answer = Answer(question, NOW, (), Completeness(states))
    assert "2024-08-08 to 2026-07-09 UTC" in whole_line(answer)
    assert "until 2026-07-09 UTC" in whole_line(replace(answer, completeness=Completeness({})))
