"""Every figure that the reference data and the metrics define alike is equal, to a millionth.

The reference counts bots as anybody. So do pull requests, reviews, pairs, issues and commits here; people (`authors_n`,
`people`) leave bots out, so those are compared where no bot is in the reference's list.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from analytics.actors import Actor
from analytics.buckets import column
from analytics.metric import Grid, Measured, Scene
from analytics.metrics import all_metrics
from analytics.metrics.overview import PARTS
from analytics.waits import Waits
from analytics.window import BEGINNING, Window
from tests.analytics.reference import Reference, read, read_pulls

MILLIONTH = 1e-6


@pytest.fixture(scope="module", params=["tlswg__tls13-spec", "quicwg__multipath"])
def reference(request: pytest.FixtureRequest, shared_folder: Path) -> Reference:
    """A repository's whole activity."""
    return read(shared_folder / "data" / request.param)


@pytest.fixture(scope="module", params=[None, "symfony/symfony", "symfony/symfony-docs"])
def organisation(request: pytest.FixtureRequest, shared_folder: Path) -> Reference:
    """The pull requests of a whole organisation, and of its two largest repositories; closings are unknown."""
    return read_pulls(shared_folder / "data" / "org__symfony", request.param)


def ask(reference: Reference, metric: str, since: datetime = BEGINNING, until: datetime | None = None) -> Measured:
    """Measure a reference data set, its whole history unless told otherwise."""
    window = Window(since, until or reference.now)
    return all_metrics()[metric].measure(reference.tables, window, Scene(reference.name, window, reference.now))


def per(grid: Grid, name: str) -> dict[str, Any]:
    """Return a table per bucket as the reference writes it: without the empty buckets."""
    return {
        label: value for label, value in zip(column(grid, grid.columns[0]), column(grid, name), strict=True) if value
    }


def ranking(grid: Grid, *names: str, first: int) -> list[list[Any]]:
    """Return the first rows of some columns."""
    return [list(row) for row in zip(*(column(grid, name) for name in names), strict=True)][:first]


def assert_merge_times(measured: Measured, expected: dict[str, Any]) -> None:
    facts = {name: measured.facts[f"merged_{name}"] for name in ("n", "median_hours", "p90_hours", "mean_hours")}
    assert facts["n"] == expected["n"]
    if not expected["n"]:
        assert facts["median_hours"] is facts["p90_hours"] is facts["mean_hours"] is None
        return
    for name in ("median", "p90", "mean"):
        assert facts[f"{name}_hours"] == pytest.approx(expected[name], abs=MILLIONTH)
    assert measured.samples["merged_hours"][0] == pytest.approx(expected["min"], abs=MILLIONTH)
    assert measured.samples["merged_hours"][-1] == pytest.approx(expected["max"], abs=MILLIONTH)


def years(by_year: dict[str, Any]) -> Iterator[tuple[datetime, datetime, dict[str, Any]]]:
    """Return the calendar years as windows."""
    for year, values in by_year.items():
        yield datetime(int(year), 1, 1, tzinfo=UTC), datetime(int(year) + 1, 1, 1, tzinfo=UTC), values


def test_pull_requests(reference: Reference) -> None:
    """Counts, months and size of the whole history."""
    expected, pulls = reference.expected["pulls"], ask(reference, "pulls")
    assert pulls.facts == {
        "opened": expected["total"],
        "merged": expected["merged"],
        "closed_unmerged": expected["closed_unmerged"],
        "open_at_end": expected["open"],
        "size_median_lines": pytest.approx(expected["size"]["median_changed_lines"], abs=MILLIONTH),
        "size_n": expected["size"]["n"],
    }
    for name in ("opened", "merged", "closed_unmerged"):
        assert per(pulls.tables["per_month"], name) == expected[f"{name}_per_month"]


def test_time_to_merge(reference: Reference) -> None:
    """The whole history, and each calendar year by itself."""
    expected = reference.expected["pulls"]["time_to_merge_hours"]
    assert_merge_times(ask(reference, "time-to-merge"), expected["overall"])
    for since, until, values in years(expected["by_merge_year"]):
        assert_merge_times(ask(reference, "time-to-merge", since, until), values)


def test_reviews(reference: Reference) -> None:
    """Counted reviews, months, rankings of reviewers and of pairs, bots kept."""
    expected, matrix = reference.expected["reviews"], ask(reference, "review-matrix")
    assert matrix.facts["reviews"] == expected["counted"]
    assert matrix.facts["self_reviews"] == expected["self_reviews"]
    assert matrix.facts["distinct_pairs"] == expected["distinct_pairs"]
    assert matrix.facts["pulls_reviewed"] == expected["pulls_reviewed"]
    assert len(matrix.tables["reviewers"].rows) == expected["reviewers"]
    assert matrix.facts["top1_share"] == pytest.approx(expected["top_reviewers"][0][1] / expected["counted"])
    assert per(matrix.tables["per_month"], "reviews") == expected["per_month"]
    assert ranking(matrix.tables["reviewers"], "reviewer", "reviews", first=10) == expected["top_reviewers"]
    by_reviews, by_pulls = matrix.tables["pairs_by_reviews"], matrix.tables["pairs_by_pulls"]
    assert ranking(by_reviews, "reviewer", "author", "reviews", first=20) == expected["top_pairs_by_reviews"]
    assert ranking(by_pulls, "reviewer", "author", "pulls", first=20) == expected["top_pairs_by_pulls"]


def test_first_review(reference: Reference) -> None:
    """The reference's figures without bots, whose reviews end no wait here."""
    expected = reference.expected["reviews"]["time_to_first_review_hours_without_bots"]
    waits = ask(reference, "first-review")
    assert waits.facts["reviewed_n"] == expected["n"]
    assert waits.facts["reviewed_median_hours"] == pytest.approx(expected["median"], abs=MILLIONTH)
    assert waits.facts["reviewed_p90_hours"] == pytest.approx(expected["p90"], abs=MILLIONTH)
    assert waits.samples["first_review_hours"][0] == pytest.approx(expected["min"], abs=MILLIONTH)
    assert waits.samples["first_review_hours"][-1] == pytest.approx(expected["max"], abs=MILLIONTH)
    parts = ("answered_n", "ended_unreviewed_n", "waiting_now_n", "drafts_n")
    assert sum(int(str(waits.facts[name])) for name in parts) == reference.expected["pulls"]["total"]


def test_pulls_that_end_unreviewed_do_not_count_as_reviewed_later(shared_folder: Path) -> None:
    """Of tls13-spec's since 2017, 45 % were reviewed within 30 days; letting unreviewed ends censor would say 63 %."""
    whole = read(shared_folder / "data/tlswg__tls13-spec")
    waits = Waits.of(whole.tables, Window(datetime(2017, 1, 1, tzinfo=UTC), whole.now)).cohort()
    assert waits.within(30 * 24) == pytest.approx(0.45, abs=0.005)
    assert 1 - (waits.cause_specific().at(30 * 24) or 0) == pytest.approx(0.63, abs=0.005)


def test_issues(reference: Reference) -> None:
    """Counts, months, the backlog at each month's end and the median time to close."""
    expected, issues = reference.expected["issues"], ask(reference, "issues")
    months = issues.tables["per_month"]
    assert (issues.facts["opened"], issues.facts["closed"]) == (expected["total"], expected["closed"])
    assert issues.facts["open_at_end"] == expected["open"]
    assert issues.facts["closed_n"] == expected["time_to_close_hours"]["n"]
    assert issues.facts["closed_median_hours"] == pytest.approx(
        expected["time_to_close_hours"]["median"], abs=MILLIONTH
    )
    assert per(months, "opened") == expected["opened_per_month"]
    assert per(months, "closed") == expected["closed_per_month"]
    backlog = dict(zip(column(months, "month"), column(months, "open_at_end"), strict=True))
    assert {month: backlog[month] for month in expected["open_at_month_end"]} == expected["open_at_month_end"]


def test_commits(reference: Reference) -> None:
    """Counts, authors, lines and weeks."""
    expected, commits = reference.expected["commits"], ask(reference, "commits")
    assert commits.facts == {
        "commits": expected["total"],
        "commits_by_people": expected["total"],  # no bot is among their authors
        "authors": expected["authors"],
        "additions": expected["additions"],
        "deletions": expected["deletions"],
    }
    weeks = {
        datetime.fromisocalendar(int(label[:4]), int(label[6:]), 1).strftime("%Y-%m-%d"): total
        for label, total in per(commits.tables["per_week"], "commits").items()
    }
    assert weeks == expected["per_week_monday_committer_date"]


def test_people(reference: Reference) -> None:
    """Each activity of a person is what the reference's rankings say, as long as they rank no bot."""
    people = {row["login"]: row for row in ask(reference, "authors").tables["people"].records()}
    for activity in ("pulls", "issues", "commits"):
        for login, total, *_ in reference.expected[activity]["top_authors"]:
            assert people[login][activity] == total


@pytest.mark.parametrize("days", [7, 30, 90, 365])
def test_windows(reference: Reference, days: int) -> None:
    """The last days before the snapshot."""
    expected = reference.expected["windows_before_snapshot_days"][str(days)]
    since = Window.last(days, reference.now).since
    pulls, matrix = ask(reference, "pulls", since), ask(reference, "review-matrix", since)
    issues, people = ask(reference, "issues", since), ask(reference, "authors", since)
    assert [pulls.facts[name] for name in ("opened", "merged", "closed_unmerged")] == [
        expected["opened"], expected["merged"], expected["closed_unmerged"]
    ]  # fmt: skip
    assert_merge_times(ask(reference, "time-to-merge", since), expected["time_to_merge_hours"])
    assert (issues.facts["opened"], issues.facts["closed"]) == (expected["issues_opened"], expected["issues_closed"])
    assert matrix.facts["reviews"] == expected["reviews"]
    pairs = ranking(matrix.tables["pairs_by_reviews"], "reviewer", "author", "reviews", first=5)
    assert pairs == expected["top_pairs_by_reviews"]
    made = {row["login"]: row["pulls"] for row in people.tables["people"].records()}
    assert {login: made[login] for login, _ in expected["top_authors"]} == dict(expected["top_authors"])


@pytest.mark.parametrize("days", [None, 7, 30, 90, 365])
def test_the_overview_repeats_the_other_metrics(reference: Reference, days: int | None) -> None:
    """Every part's facts stand in the overview under their published names, none lost."""
    since = Window.last(days, reference.now).since if days else BEGINNING
    overview = ask(reference, "overview", since)
    named = {f"{name}.{key}": value for name in PARTS for key, value in ask(reference, name, since).facts.items()}
    assert overview.facts == named


def test_an_organisation(organisation: Reference) -> None:
    """Openings and merges of 20,831 pull requests, months and years, deleted authors among them."""
    expected = organisation.expected.get("pulls", organisation.expected)
    pulls = ask(organisation, "pulls")
    assert (pulls.facts["opened"], pulls.facts["merged"]) == (expected["total"], expected["merged"])
    assert pulls.facts["open_at_end"] == expected["open"] + expected["closed_unmerged"]  # the data has no closed_at
    for name in ("opened", "merged"):
        assert per(pulls.tables["per_month"], name) == expected[f"{name}_per_month"]
    assert_merge_times(ask(organisation, "time-to-merge"), expected["time_to_merge_hours"]["overall"])
    for since, until, values in years(expected["time_to_merge_hours"]["by_merge_year"]):
        assert_merge_times(ask(organisation, "time-to-merge", since, until), values)


def test_people_of_an_organisation(organisation: Reference) -> None:
    """Everybody in the reference's ranking has as many pull requests here, known bots left out."""
    expected = organisation.expected.get("pulls", organisation.expected)["top_authors"]
    people = {row["login"]: row["pulls"] for row in ask(organisation, "authors").tables["people"].records()}
    persons = {login: total for login, total, _ in expected if not Actor.from_github(login).is_bot}
    assert {login: people[login] for login in persons} == persons
