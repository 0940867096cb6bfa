"""What went into a release."""

from __future__ import annotations

from datetime import timedelta

from analytics.release_contents import ReleaseContents, release_contents
from tests.analytics.builders import MONDAY, Row, commit, on, pull, tables


def released(day: float, holds: str, tag: str, *, draft: bool = False) -> Row:
    return {
        "tag": tag, "name": tag, "created_at": on(day), "published_at": on(day), "is_prerelease": False,
        "is_draft": draft, "commit_sha": holds,
    }  # fmt: skip


def contents(pulls: list[Row], releases: list[Row], tag: str = "v2", *, bots: bool = False) -> ReleaseContents | None:
    """Commits are named after their day: `day 5`."""
    commits = [{**commit(day), "sha": f"day {day}"} for day in range(400)]
    return release_contents(tables(pulls=pulls, releases=releases, commits=commits), tag, in_threads_of_programs=bots)


def known(pulls: list[Row], releases: list[Row], *, bots: bool = False) -> ReleaseContents:
    found = contents(pulls, releases, bots=bots)
    assert found is not None
    return found


V1, V2 = released(10, "day 9", "v1"), released(20, "day 19", "v2")


def test_it_holds_what_was_merged_up_to_its_commit_and_is_in_no_release_before() -> None:
    pulls = [pull(1, 8), pull(1, 9.5), pull(1, 12), pull(1, 19), pull(1, 19.5), pull(1), pull(1, closed=12)]
    found = known(pulls, [V1, V2])
    assert (found.pulls, found.place) == (3, 4)
    assert found.previous == ("v1", MONDAY + timedelta(days=10))
    assert found.since == MONDAY + timedelta(days=10)


def test_a_release_that_holds_nothing_or_is_not_there_is_none() -> None:
    assert contents([pull(1, 8)], [V1, V2]) is None
    assert contents([pull(1, 12)], [V1]) is None
    assert contents([pull(1, 12)], [V1, released(20, "day 19", "v2", draft=True)]) is None
    assert contents([pull(1, 12)], [V1, released(20, "of another branch", "v2")]) is None


def test_the_lead_time_is_from_merge_to_release_against_that_of_releases_before() -> None:
    before = [pull(1, day) for day in (2, 3, 4, 5, 6, 7)]
    inside = [pull(1, day) for day in (11, 12, 13, 14, 15)]
    found = known([*before, *inside], [V1, V2])
    assert (found.lead.own, found.lead.median, found.lead.n) == (7 * 24, 5.5 * 24, 6)


def test_under_five_no_lead_time_is_said() -> None:
    found = known([pull(1, 11), *(pull(1, 5) for _ in range(4))], [V1, V2])
    assert (found.lead.own, found.lead.median, found.lead.n) == (None, None, 4)


def test_programs_are_counted_apart_and_their_threads_are_left_alone() -> None:
    pulls = [pull(1, 12, by="Ada"), pull(1, 13, by="ada"), pull(1, 14, by="ben"), pull(1, 15, by="tidy[bot]")]
    found = known(pulls, [V1, V2])
    assert (found.pulls, found.by_programs, found.place) == (4, 1, 3)
    assert found.people == (("Ada", 2), ("ben", 1))
    assert known(pulls, [V1, V2], bots=True).place == 4
    assert known(pulls[3:], [V1, V2]).place is None


def test_sizes_are_of_those_that_are_known() -> None:
    pulls = [pull(1, 12, lines=lines) for lines in (0, 49, 50, 499, 500, 9000, None)]
    assert known(pulls, [V1, V2]).sizes == (("under 50 lines", 2), ("50 to 499 lines", 2), ("500 lines and more", 2))


def test_a_first_release_looks_back_180_days() -> None:
    found = known([pull(1, 12), pull(1, 250)], [released(300, "day 299", "v2")])
    assert (found.pulls, found.previous, found.since) == (1, None, MONDAY + timedelta(days=120))
