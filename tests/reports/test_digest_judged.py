"""What a report calls worse and better: what a test allowed the table to call a change, and nothing else."""

from __future__ import annotations

import pytest

from analytics.metric import Comparison
from reports.digest_judged import changes, headline

OPENED = Comparison("pull requests opened", "34", "26", "no clear change")
ENDED = Comparison("merged / closed unmerged", "31 / 25", "19 / 5", "more merged")
REVIEWED = Comparison("first review within 24 h", "38 %", "58 %", "n = 34 and 26: no clear change")
MERGING = Comparison("median time to merge (merged ones)", "5 d 18 h", "24 h", "n = 13 and 19: longer")


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (OPENED, []),
        (ENDED, [("pull requests merged", "more", "31", "19", "better")]),
        (
            Comparison("merged / closed unmerged", "31 / 25", "19 / 5", "more of both"),
            [
                ("pull requests merged", "more", "31", "19", "better"),
                ("pull requests closed unmerged", "more", "25", "5", "neither"),
            ],
        ),
        (
            Comparison("issues opened / closed", "6 / 3", "26 / 32", "fewer opened a day; fewer closed a day"),
            [
                ("issues opened", "fewer a day", "6", "26", "neither"),
                ("issues closed", "fewer a day", "3", "32", "worse"),
            ],
        ),
        (MERGING, [("median time to merge", "longer", "5 d 18 h", "24 h", "worse")]),
        (REVIEWED, []),
        (
            Comparison("merged within 7 d, of those followed so long", "9 %", "80 %", "n = 40 and 40: lower"),
            [("merged within 7 d", "lower", "9 %", "80 %", "worse")],
        ),
        (Comparison("reviews", "94", "20", "more"), [("reviews", "more", "94", "20", "neither")]),
        (Comparison("median time to close (closed ones)", "1 d", "2 d", "n = 2 and 3: too few to compare"), []),
        (Comparison("people who reviewed", "14", "2"), []),
        (Comparison("views", "9", "1", "no day known in both"), []),
    ],
)
def test_only_a_verdict_is_a_change(row: Comparison, found: list[tuple[str, ...]]) -> None:
    assert [(one.what, one.word, one.now, one.before, one.way) for one in changes([row])] == found


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([OPENED, ENDED, REVIEWED], "more merged (31), reviews within 24 h no clear change"),
        ([OPENED, ENDED, MERGING, REVIEWED], "time to merge longer (5 d 18 h), more merged (31)"),
        ([OPENED, Comparison("merged / closed unmerged", "3 / 0", "2 / 0", "no clear change")],
         "3 merged, no clear change"),
        ([Comparison("commits on the default branch", "51", "29", "more a day")],
         "more commits on the default branch (51 in all)"),
        ([Comparison("reviews", "13", "35", "fewer a day"), Comparison("issues opened / closed", "4 / 0", "9 / 9",
          "fewer opened a day; fewer closed a day")], "fewer issues closed (0 in all), fewer reviews (13 in all)"),
        ([], "nothing known yet"),
    ],
)  # fmt: skip
def test_a_title_says_the_clear_changes_first(rows: list[Comparison], said: str) -> None:
    assert headline(rows) == said
