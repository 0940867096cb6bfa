"""Facts and cells as people read them."""

from __future__ import annotations

from analytics.metric import Grid
from reports.table import fact, grid, label


def test_yes_and_no_are_words() -> None:
    assert (fact("is_bot", True), fact("is_bot", False), fact("n", 1)) == ("yes", "no", "1")
    assert grid("pairs", Grid(("reviewer", "is_bot"), (("coderabbitai", True),)), 10).endswith(
        "| reviewer | is bot |\n|---|---|\n| `coderabbitai` | yes |"
    )


def test_a_fact_is_called_by_its_label_else_by_its_key() -> None:
    assert label("reviewers_n", {"reviewers_n": "people who reviewed"}) == "people who reviewed"
    assert label("merged_median_hours", {}) == "merged median"
