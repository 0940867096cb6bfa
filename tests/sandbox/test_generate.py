"""The generated organisation obeys what is always true on GitHub, but for the oddities that are planted on purpose."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from sandbox.dataset import TABLES, Dataset, Row
from sandbox.generate import generate
from sandbox.generate_people import LONG_LOGINS
from sandbox.generate_words import AWKWARD_TITLES

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def organisation() -> list[Dataset]:
    return generate(1, NOW)


@pytest.fixture(scope="module")
def lantern(organisation: list[Dataset]) -> Dataset:
    return organisation[0]


@pytest.fixture(params=range(4), ids=["lantern", "ember", "strongroom", "sundial"])
def dataset(request: pytest.FixtureRequest, organisation: list[Dataset]) -> Dataset:
    index: int = request.param
    return organisation[index]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hours(row: Row, until: str) -> float:
    return (at(row[until]) - at(row["created_at"])) / timedelta(hours=1)


def by_people(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["author_type"] != "Bot"]


def test_there_is_a_busy_repository_a_small_a_private_and_an_archived_one(organisation: list[Dataset]) -> None:
    names = [dataset.full_name for dataset in organisation]
    assert names == [f"quartz-labs/{name}" for name in ("lantern", "ember", "strongroom", "sundial")]
    assert [dataset.repo["visibility"] for dataset in organisation] == ["public", "public", "private", "public"]
    assert [dataset.repo["archived"] for dataset in organisation] == [False, False, False, True]
    assert 1_300 <= len(organisation[0].pulls) <= 1_500


def test_the_same_seed_gives_the_same_rows_and_another_one_does_not(organisation: list[Dataset]) -> None:
    assert generate(1, NOW) == organisation
    assert generate(2, NOW)[0].pulls != organisation[0].pulls


def test_scale_and_months_change_how_much_there_is() -> None:
    small = generate(1, NOW, months=6, scale=0.3)[0]
    assert 100 <= len(small.pulls) <= 180
    assert min(row["created_at"] for row in small.pulls) > "2026-05-20"


@pytest.mark.parametrize("seed", range(2, 8))
@pytest.mark.parametrize("now", [NOW, datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)])
def test_any_seed_at_any_time_gives_consistent_repositories(seed: int, now: datetime) -> None:
    for dataset in generate(seed, now, months=9, scale=0.15):
        test_what_is_closed_has_a_time_of_closing_and_what_is_open_has_none(dataset)
        test_everything_belongs_to_a_thread_that_exists_and_follows_its_opening(dataset)
        test_the_timeline_tells_the_state(dataset)
        test_a_merged_pull_request_is_on_the_default_branch(dataset)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        generate(1, datetime(2026, 11, 22))  # noqa: DTZ001


def test_nothing_lies_in_the_future(dataset: Dataset) -> None:
    moments = [value for table in TABLES for row in getattr(dataset, table) for key, value in row.items()
               if value and (key.endswith(("_at", "_date")))]  # fmt: skip
    assert max(moments) < "2026-11-22T08:00:00Z"
    assert min(moments) >= min(dataset.repo["created_at"], "2025-05-20")


def test_pull_requests_and_issues_share_their_numbers_and_some_are_missing(dataset: Dataset) -> None:
    rows = sorted(dataset.pulls + dataset.issues, key=lambda row: row["number"])
    numbers = [row["number"] for row in rows]
    assert len(set(numbers)) == len(numbers)
    assert [row["created_at"] for row in rows] == sorted(row["created_at"] for row in rows)
    if len(numbers) > 1_000:
        assert numbers[-1] > len(numbers)


def test_what_is_closed_has_a_time_of_closing_and_what_is_open_has_none(dataset: Dataset) -> None:
    for row in dataset.pulls + dataset.issues:
        assert (row["state"] == "closed") == (row["closed_at"] is not None)
    for row in dataset.pulls:
        assert (row["merged_at"] is None) == (row["merged_by"] is None)
        if row["merged_at"]:
            assert row["closed_at"] == row["merged_at"]


def test_exactly_one_merge_comes_before_its_opening(organisation: list[Dataset]) -> None:
    negative = [[row for row in d.pulls if row["merged_at"] and hours(row, "merged_at") < 0] for d in organisation]
    assert [len(rows) for rows in negative] == [1, 0, 0, 0]
    assert all(hours(row, "closed_at") >= 0 for d in organisation for row in d.issues if row["closed_at"])


def test_everything_belongs_to_a_thread_that_exists_and_follows_its_opening(dataset: Dataset) -> None:
    pulls = {row["number"]: row for row in dataset.pulls}
    threads = pulls | {row["number"]: row for row in dataset.issues}
    imported = {row["number"] for row in dataset.pulls if row["merged_at"] and hours(row, "merged_at") < 0}
    for review in dataset.reviews:
        assert review["submitted_at"] >= pulls[review["number"]]["created_at"]
    for row in dataset.comments + dataset.timeline:
        assert row["created_at"] >= threads[row["number"]]["created_at"] or row["number"] in imported
        assert row["created_at"] <= threads[row["number"]]["updated_at"]


def test_counts_in_a_row_are_those_of_the_tables(dataset: Dataset) -> None:
    comments = Counter((row["number"], row["kind"]) for row in dataset.comments)
    for row in dataset.pulls:
        assert row["comments"] == comments[row["number"], "issue_comment"]
        assert row["review_comments"] == comments[row["number"], "review_comment"]
    for row in dataset.issues:
        assert row["comments"] == comments[row["number"], "issue_comment"]
    assert dataset.repo["counts"] == {table: len(getattr(dataset, table)) for table in TABLES}


def test_the_timeline_tells_the_state(dataset: Dataset) -> None:
    events: dict[int, list[str]] = {}
    for row in sorted(dataset.timeline, key=lambda row: row["created_at"]):
        events.setdefault(row["number"], []).append(row["event"])
    for row in dataset.pulls + dataset.issues:
        turns = [event for event in events.get(row["number"], []) if event in ("closed", "reopened")]
        assert (turns[-1:] == ["closed"]) == (row["state"] == "closed")
    for row in dataset.pulls:
        assert ("merged" in events.get(row["number"], [])) == (row["merged_at"] is not None)
    assert {row["event"] for row in dataset.timeline} <= {
        "ready_for_review", "convert_to_draft", "review_requested", "review_request_removed", "closed", "reopened",
        "merged",
    }  # fmt: skip


def test_a_merged_pull_request_is_on_the_default_branch(dataset: Dataset) -> None:
    commits = {row["sha"]: row for row in dataset.commits}
    assert len(commits) == len(dataset.commits)
    for row in dataset.pulls:
        assert row["base_sha"] in commits
        if row["merged_at"]:
            merge = commits[row["merge_commit_sha"]]
            assert merge["committer_date"] == row["merged_at"]
            assert len(merge["parents"]) == 1 or row["head_sha"] in merge["parents"]
    roots = [row for row in dataset.commits if not row["parents"]]
    assert len(roots) == 1
    assert all(parent in commits for row in dataset.commits for parent in row["parents"])
    dates = [row["committer_date"] for row in dataset.commits]
    assert dates == sorted(dates, reverse=True)


def test_members_may_write_and_two_of_them_own_the_place(lantern: Dataset) -> None:
    permissions = Counter(lantern.repo["permissions"].values())
    assert permissions == {"admin": 2, "write": 16}
    standing = {row["author"]: row["author_association"] for row in by_people(lantern.pulls)}
    for login, association in standing.items():
        assert (login in lantern.repo["permissions"]) == (association in ("MEMBER", "COLLABORATOR"))


def test_ids_are_unique_in_the_whole_organisation(organisation: list[Dataset]) -> None:
    for table in ("reviews", "comments", "timeline", "releases"):
        ids = [row["id"] for dataset in organisation for row in getattr(dataset, table)]
        assert len(set(ids)) == len(ids)


def test_weekends_christmas_and_august_are_quiet(lantern: Dataset) -> None:
    days = [at(row["created_at"]) for row in by_people(lantern.pulls)]
    weekend = sum(day.weekday() >= 5 for day in days) / len(days)
    assert 0.02 < weekend < 0.12
    per_day = Counter((day.year, day.month, day.day >= 21) for day in days)
    assert per_day[2025, 12, True] / 11 < 0.6 * per_day[2025, 11, False] / 20
    months = Counter((day.year, day.month) for day in days)
    assert months[2026, 8] < 0.8 * months[2026, 7]


def test_waits_are_those_of_a_project_that_works(lantern: Dataset) -> None:
    merged = [hours(row, "merged_at") for row in lantern.pulls if row["merged_at"]]
    assert 12 < median(merged) < 72
    assert max(merged) > 500
    assert 48 < median(hours(row, "closed_at") for row in lantern.issues if row["closed_at"]) < 400
    authors = {row["number"]: row["author"] for row in lantern.pulls}
    first: dict[int, str] = {}
    for review in by_people(lantern.reviews):
        if review["author"] != authors[review["number"]]:
            first[review["number"]] = min(first.get(review["number"], "9"), review["submitted_at"])
    opened = {row["number"]: at(row["created_at"]) for row in lantern.pulls}
    waits = [(at(text) - opened[number]) / timedelta(hours=1) for number, text in first.items()]
    assert 3 < median(waits) < 24


def test_every_fate_of_a_pull_request_occurs(lantern: Dataset) -> None:
    total = len(lantern.pulls)
    merged = sum(row["merged_at"] is not None for row in lantern.pulls)
    unmerged = sum(row["state"] == "closed" and row["merged_at"] is None for row in lantern.pulls)
    assert 0.65 < merged / total < 0.85
    assert 0.05 < unmerged / total < 0.25
    assert any(row["state"] == "open" and row["created_at"] < "2026-01-01" for row in lantern.pulls)
    assert any(row["state"] == "open" and row["draft"] for row in lantern.pulls)
    assert any(row["requested_reviewers"] for row in lantern.pulls)
    assert any(row["title"].startswith("Revert ") for row in lantern.pulls)
    assert {row["event"] for row in lantern.timeline} >= {"reopened", "convert_to_draft", "review_request_removed"}
    assert any(row["requested_team"] == "core" for row in lantern.timeline)


def test_reviews_have_every_state_and_some_are_by_the_author_or_after_the_merge(lantern: Dataset) -> None:
    pulls = {row["number"]: row for row in lantern.pulls}
    states = Counter(row["state"] for row in lantern.reviews)
    assert set(states) == {"APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"}
    own = sum(row["author"] == pulls[row["number"]]["author"] for row in lantern.reviews)
    assert 0.03 < own / len(lantern.reviews) < 0.4
    assert any(row["submitted_at"] > (pulls[row["number"]]["merged_at"] or "9") for row in lantern.reviews)
    rounds = Counter(row["number"] for row in lantern.reviews)
    assert max(rounds.values()) >= 6


def test_issues_are_reopened_left_open_and_labelled(lantern: Dataset) -> None:
    assert {row["state_reason"] for row in lantern.issues} == {None, "completed", "not_planned", "reopened"}
    assert 0.1 < sum(row["state"] == "open" for row in lantern.issues) / len(lantern.issues) < 0.4
    assert sum(bool(row["labels"]) for row in lantern.issues) > len(lantern.issues) / 2


def test_few_authors_do_much_and_many_do_little(lantern: Dataset) -> None:
    counts = Counter(row["author"] for row in by_people(lantern.pulls))
    total = sum(counts.values())
    assert sum(count for _, count in counts.most_common(5)) / total > 0.3
    assert sum(count == 1 for count in counts.values()) / len(counts) > 0.4
    assert len(counts) > 100


def test_bots_and_ai_reviewers_take_their_part(lantern: Dataset) -> None:
    share = sum(row["author_type"] == "Bot" for row in lantern.pulls) / len(lantern.pulls)
    assert 0.1 < share < 0.3
    reviewers = {row["author"] for row in lantern.reviews if row["author_type"] == "Bot"}
    assert reviewers == {"copilot-pull-request-reviewer", "coderabbitai[bot]"}
    assert any(row["author"] == "github-actions[bot]" for row in lantern.comments)


def test_a_deleted_account_has_no_name_but_an_author_did_exist(lantern: Dataset) -> None:
    gone = [row for row in lantern.pulls if row["author"] is None]
    assert gone
    assert all(row["author_type"] is None for row in gone)


def test_the_longest_logins_and_the_most_awkward_titles_occur(lantern: Dataset) -> None:
    assert [len(login) for login in LONG_LOGINS] == [39, 39]
    assert set(LONG_LOGINS) <= {row["author"] for row in lantern.pulls}
    assert set(AWKWARD_TITLES) <= {row["title"] for row in lantern.pulls + lantern.issues}


def test_no_two_logins_differ_in_case_only(lantern: Dataset) -> None:
    tables = (lantern.pulls, lantern.reviews, lantern.issues, lantern.comments)
    logins = {row["author"] for rows in tables for row in rows if row["author"]}
    assert len({login.lower() for login in logins}) == len(logins)
    assert all(len(login) <= 39 for login in logins)


def test_releases_come_monthly_and_the_newest_is_a_draft(lantern: Dataset) -> None:
    published = [row for row in lantern.releases if row["published_at"] and not row["prerelease"]]
    assert 15 <= len({row["tag_name"].rsplit(".", 1)[0] for row in published}) <= 20
    assert [row["draft"] for row in lantern.releases[-2:]] == [False, True]
    shas = {row["sha"] for row in lantern.commits}
    assert all(row["target_sha"] in shas for row in lantern.releases)


def test_fields_are_those_of_the_reference_data(lantern: Dataset, shared_folder: Path) -> None:
    """Texts and the person who closed are known here, so `body` may be added; nothing may be missing."""
    real = Dataset.read(shared_folder / "data" / "tlswg__tls13-spec")
    for table in ("pulls", "reviews", "issues", "commits"):
        expected, found = set(getattr(real, table)[0]), set(getattr(lantern, table)[0])
        assert expected <= found <= expected | {"body"}
    by_kind = {row["kind"]: set(row) for row in real.comments}
    for row in lantern.comments:
        assert by_kind[row["kind"]] <= set(row) <= by_kind[row["kind"]] | {"body"}


def test_it_survives_being_written_down(lantern: Dataset, tmp_path: Path) -> None:
    lantern.write(tmp_path)
    assert Dataset.read(tmp_path) == lantern
