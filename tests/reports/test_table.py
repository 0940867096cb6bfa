"""Facts and cells as people read them."""

from __future__ import annotations

from analytics.metric import Grid
from analytics.metrics.waiting import COLUMNS
from reports.table import fact, grid, label


def test_yes_and_no_are_words() -> None:
    assert (fact("is_bot", True), fact("is_bot", False), fact("n", 1)) == ("yes", "no", "1")
    assert grid("pairs", Grid(("reviewer", "is_bot"), (("coderabbitai", True),)), 10).endswith(
        "| reviewer | is bot |\n|---|---|\n| `coderabbitai` | yes |"
    )


def test_a_fact_is_called_by_its_label_else_by_its_key() -> None:
    assert label("reviewers_n", {"reviewers_n": "people who reviewed"}) == "people who reviewed"
    assert label("merged_median_hours", {}) == "merged median"


def test_working_hours_stay_hours() -> None:
    """60 of them are seven working days and a half, not two days and a half."""
    assert fact("reviewed_median_business_hours", 60.0) == "60 h"
    assert fact("reviewed_median_hours", 60.0) == "2 d 12 h"


def test_what_waits_has_each_number_once_with_the_repository_it_is_of() -> None:
    row = (4, "o/r#4", "issue", "A title", "author", "2026-11-20T00:00:00Z", 12.0, None)
    said = grid("waiting", Grid(COLUMNS, (row,)), 10).splitlines()
    assert said[2].startswith("| number | kind | title |")
    assert said[4].startswith("| `o/r#4` | issue |")
