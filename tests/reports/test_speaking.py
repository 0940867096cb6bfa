"""What `on:` means, and the words of comments that nobody has asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.merged_pull import PullWaits
from analytics.milestone_items import MilestoneItems
from analytics.release_contents import ReleaseContents
from analytics.usual import Usual
from reports.configuration import parse_configuration
from reports.speaking import SILENT, Speaking
from reports.speaking_words import judged, merged_words, milestone_words, pull_words, release_words

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
NONE = Usual(None, None, 0)
WAITS = PullWaits(
    7,
    merged=True,
    by_program=False,
    age=76.0,
    first_review=Usual(2.0, 5.0, 38, larger=27, smaller=11),
    merge=Usual(76.0, 48.0, 42, larger=12, smaller=30),
    rounds=Usual(2.0, 1.0, 42, larger=3, smaller=30),
)
CONTENTS = ReleaseContents(
    "v2 <b>@all</b>",
    AT,
    place=7,
    pulls=24,
    by_programs=2,
    sizes=(("under 50 lines", 12), ("50 to 499 lines", 9), ("500 lines and more", 1)),
    lead=Usual(60.0, 120.0, 140),
    people=(("ada", 5), ("ben", 3)),
    previous=("v1", AT - timedelta(days=12)),
)


# the key


def test_nothing_is_on_by_default() -> None:
    assert parse_configuration("").on == parse_configuration("on:\n").on == SILENT
    assert parse_configuration("on:\n  merged:\n  label:\n").on == SILENT


def test_what_is_switched_on_is_on_and_nothing_else() -> None:
    assert parse_configuration("on: {merged: yes}").on == Speaking(merged=True)
    assert parse_configuration("on: {release: yes, milestone: no, bots: yes}").on == Speaking(release=True, bots=True)
    assert parse_configuration("on: {label: Analytics please}").on == Speaking(label="Analytics please")


@pytest.mark.parametrize("yes", ["yes", "Yes", "true", "True", "on", "ON"])
def test_yes_may_be_spelt_as_programs_spell_it(yes: str) -> None:
    found = parse_configuration(f"on: {{merged: {yes}}}")
    assert (found.on.merged, found.faults) == (True, ())


@pytest.mark.parametrize("no", ["no", "false", "off", "No"])
def test_no_switches_off_a_label_too(no: str) -> None:
    found = parse_configuration(f"on: {{merged: {no}, label: {no}}}")
    assert (found.on, found.faults) == (SILENT, ())


def test_a_mistake_switches_nothing_on_and_nothing_else_off() -> None:
    found = parse_configuration("on:\n  merged: always\n  release: yes\n")
    assert found.on == Speaking(release=True)
    assert found.faults == ("line 2: `on.merged: always` must be `yes` or `no`",)
    found = parse_configuration("on:\n  merge: yes\n")
    assert found.on == SILENT
    assert found.faults == ("line 2: `on.merge` is not known (did you mean `merged`?)",)
    assert parse_configuration("on: merged").faults == ("line 1: `on: merged` must have lines such as `merged: yes`",)


# the words


def test_a_merged_pull_request() -> None:
    assert merged_words(WAITS) == (
        "**Merged 3 d 4 h after it was opened**, slower than 7 of 10. "
        "Compared with what was merged by people in the 90 days before it was.\n"
        "\n"
        "|  | this one | median |  |\n"
        "|---|--:|--:|---|\n"
        "| time to first review | 2\u00a0h | 5\u00a0h | faster than 7 of 10 · n = 38 |\n"
        "| time to merge | 3\u00a0d\u00a04\u00a0h | 2\u00a0d | slower than 7 of 10 · n = 42 |\n"
        "| rounds of review | 2 | 1 | n = 42 |"
    )


def test_where_too_few_were_merged_there_is_nothing_to_say_of_a_merge() -> None:
    few = replace(WAITS, merge=Usual(76.0, None, 4))
    assert merged_words(few) is None
    assert pull_words(few) == "**Merged 3 d 4 h after it was opened**."


def test_one_wait_without_enough_others_is_said_without_a_comparison() -> None:
    said = merged_words(replace(WAITS, first_review=Usual(2.0, None, 3))) or ""
    assert "| time to first review | 2\u00a0h | \N{EN DASH} | too few to compare, n = 3 |" in said
    said = merged_words(replace(WAITS, first_review=replace(WAITS.first_review, own=None))) or ""
    assert "| time to first review | none | 5\u00a0h | n = 38 |" in said


def test_an_open_pull_request() -> None:
    waiting = replace(
        WAITS, merged=False, first_review=replace(WAITS.first_review, own=None), merge=replace(WAITS.merge, own=None)
    )
    said = pull_words(waiting)
    assert said.startswith("**Opened 3 d 4 h ago, not reviewed by a person yet**. Compared with")
    assert "| time to merge | not\u00a0merged | 2\u00a0d | n = 42 |" in said


@pytest.mark.parametrize(
    ("larger", "smaller", "words"),
    [
        (20, 0, "faster than all of them"),
        (0, 20, "slower than all of them"),
        (19, 1, "faster than 9 of 10"),
        (1, 19, "slower than 9 of 10"),
        (12, 8, "faster than 6 of 10"),
        (11, 9, "faster than 6 of 10"),
        (10, 10, "about as usual"),
        (0, 0, "about as usual"),
        (9, 9, "about as usual"),
    ],
)
def test_where_a_wait_lies_among_the_others(larger: int, smaller: int, words: str) -> None:
    """Never `10 of 10` unless it is all of them."""
    assert judged(Usual(1.0, 1.0, 20, larger, smaller)) == words


def test_without_a_comparison_nothing_is_judged() -> None:
    assert judged(Usual(1.0, None, 3)) == judged(Usual(None, 1.0, 9)) == ""


def test_a_release() -> None:
    assert release_words(CONTENTS, "names") == (
        "**`v2 <b>@all</b>` holds 24 pull requests by 2 people, 2 of them by programs**, "
        "published 12 d after `v1`. "
        "Half of them had waited 2 d 12 h or less from merge to release; usual is 5 d (n = 140). "
        "By `ada` (5) and `ben` (3).\n"
        "\n"
        "| lines changed | pull requests |\n"
        "|---|--:|\n"
        "| under 50 lines | 12 |\n"
        "| 50 to 499 lines | 9 |\n"
        "| 500 lines and more | 1 |\n"
        "| of unknown size | 2 |"
    )


@pytest.mark.parametrize("people", ["anonymous", "hidden"])
def test_a_release_names_nobody_where_nobody_is_to_be_named(people: str) -> None:
    said = release_words(CONTENTS, people)  # type: ignore[arg-type] # one of its words
    assert "ada" not in said
    assert "by 2 people" in said


def test_many_contributors_are_not_all_named() -> None:
    crowd = replace(CONTENTS, people=tuple((f"person-{place}", 1) for place in range(20)))
    assert "`person-11` (1) and 8 more." in release_words(crowd, "names")


def test_a_first_release_and_one_of_few() -> None:
    few = replace(CONTENTS, previous=None, lead=Usual(None, None, 3), sizes=(("under 50 lines", 0),))
    said = release_words(few, "hidden")
    assert said.endswith("as far as they were merged in the 180 days before; no other release is known of these.")
    assert "waited" not in said


def test_a_milestone() -> None:
    items = MilestoneItems(12, 8, 1, 2, Usual(72.0, 120.0, 60, larger=45, smaller=15), NONE)
    assert milestone_words("1.0 #5", items, AT, AT - timedelta(days=41), AT - timedelta(days=3)) == (
        "**Milestone `1.0 #5` closed: 12 issues closed, 8 pull requests merged, 1 closed unmerged and 2 left open**, "
        "41 d after it was opened, 3 d after it was due (17 Nov 2026). "
        "What is usual was closed or merged in the 90 days before, outside the milestone.\n"
        "\n"
        "| median | this milestone | usual |  |\n"
        "|---|--:|--:|---|\n"
        "| issues: time to close | 3\u00a0d | 5\u00a0d | faster than 8 of 10 · n = 60 |"
    )


def test_a_small_milestone_is_only_counted() -> None:
    items = MilestoneItems(1, 0, 0, 0, NONE, NONE)
    assert milestone_words("1.0", items, AT, None, None) == (
        "**Milestone `1.0` closed: 1 issue closed and 0 pull requests merged**."
    )
