"""A report as it is read: its changes, what waits, its unusual days, an organisation's repositories."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.metric import Cell, Comparison
from reports.digest_body import MOST_REPOSITORIES, Report, body, footer, repositories, title, unusual, waiting
from reports.digest_task import RepositoryFigures, UnusualDay
from reports.schedule import Due, Schedule, unit_of
from tests.reports.values import ANSWER, OVERVIEW

OCTOBER = unit_of("2026-10")
ROWS = (
    Comparison("reviews", "13", "35", "fewer a day"),
    Comparison("median time to merge (merged ones)", "5 d 18 h", "24 h", "n = 13 and 19: longer"),
)
REPORT = Report(
    name="tls13-spec",
    schedule=Schedule("monthly"),
    due=Due(OCTOBER.end, OCTOBER),
    figures=replace(ANSWER, sections=(replace(OVERVIEW, comparisons=ROWS, pictures=()),)),
    waiting=(),
    waiting_n=0,
    stop="`/analytics report off` ends these reports",
)


def said(report: Report) -> str:
    return body(report, "report-7-monthly-2026-10").replace("\N{NO-BREAK SPACE}", " ")


def test_sums_of_months_are_told_as_sums_and_with_their_days() -> None:
    """October has a day more than September: the verdict is about days, and neither figure is one of a day."""
    assert title(REPORT) == "tls13-spec, October 2026: time to merge longer (5 d 18 h), fewer reviews (13 in all)"
    text = said(REPORT)
    assert "- reviews: **fewer a day**, 13 in 31 days (before: 35 in 30)" in text
    assert "- median time to merge: **longer**, 5 d 18 h (before: 24 h)" in text


def figures(name: str, merged: int) -> RepositoryFigures:
    return RepositoryFigures(f"acme/{name}", merged, merged, 0, 0, None, 0)


@pytest.mark.parametrize(
    ("active", "idle", "rest"),
    [
        (MOST_REPOSITORIES + 40, 12, "40 more active ones are not shown · 12 without anything in this period"),
        (MOST_REPOSITORIES + 1, 0, "1 more active one is not shown"),
        (2, 12, "12 more without anything in this period"),
        (0, 12, "12 without anything in this period"),
        (2, 0, ""),
    ],
)
def test_what_is_active_and_not_shown_is_not_idle(active: int, idle: int, rest: str) -> None:
    rows = [figures(f"a{place}", 3) for place in range(active)] + [figures(f"i{place}", 0) for place in range(idle)]
    text = repositories(rows)
    shown = min(active, MOST_REPOSITORIES)
    assert text.count("| `a") == shown
    assert "| `i" not in text
    assert [line for line in text.splitlines() if line and not line.startswith(("|", "**"))] == ([rest] if rest else [])
    assert not shown or "|  | pull requests opened | merged | waiting for a reviewer | reviewed in 24 h |" in text


def test_nothing_is_said_of_repositories_where_it_is_about_one() -> None:
    assert repositories([]) == ""


def test_what_waits_says_of_when_it_is() -> None:
    assert waiting(REPORT) == "**What waits longest:** nothing that is open waits, as of 9 Jul 08:00 UTC."
    row: dict[str, Cell] = {
        "name": "#7",
        "title": "Shore up",
        "kind": "pull request",
        "waited_hours": 30.0,
        "turn": "reviewer",
    }
    text = waiting(replace(REPORT, waiting=[row] * 6, waiting_n=6))
    assert text.startswith("**What waits longest** (5 of 6 open turns, as of 9 Jul 08:00 UTC)\n\n")
    assert waiting(replace(REPORT, waiting=[row], waiting_n=1)).startswith(
        "**What waits longest** (as of 9 Jul 08:00 UTC)\n\n"
    )


def test_an_unusual_day_says_what_it_is_measured_by() -> None:
    day = UnusualDay(date(2026, 11, 11), "issues opened", 26, 1.5, 12)
    assert unusual([day]) == (
        "**Unusual days**\n\n- Wednesday, 11 Nov 2026: 26 issues opened, usual 1.5 on Wednesdays, n = 12"
    )
    assert unusual([]) == ""


def test_the_footer_says_what_ends_reports() -> None:
    assert "A monthly report; `/analytics report off` ends these reports</sub>" in footer(REPORT)
