"""Reviews: which ones count, how pairs are ranked, and how the load is shared."""

from __future__ import annotations

import pytest

from analytics.charts.heatmap import Heatmap
from analytics.metrics.review_matrix import METRIC
from tests.analytics.builders import measure, records, review, scene


def pairs(table: str, *reviews: object) -> list[tuple[object, ...]]:
    measured = measure(METRIC, reviews=reviews)  # type: ignore[arg-type]
    return [(row["reviewer"], row["author"], row["reviews"], row["pulls"]) for row in records(measured, table)]


def test_no_reviews_leave_shares_unknown() -> None:
    measured = measure(METRIC)
    assert measured.facts["reviews"] == measured.facts["reviewers_n"] == measured.facts["distinct_pairs"] == 0
    assert measured.facts["top1_share"] is measured.facts["gini"] is None
    assert METRIC.finding(measured, measured, scene()) == (
        "No pull request was reviewed by anyone but its author in the last 28 days."
    )
    assert METRIC.charts(measured, scene())[0].title == "No review by others in the last 28 days"


def test_one_review_is_spoken_of_in_the_singular() -> None:
    measured = measure(METRIC, reviews=[review("amber-heron", of="quartz-otter")])
    assert METRIC.finding(measured, None, scene()) == (
        "1 review of 1 pull request in the last 28 days; one reviewer wrote 100 % of them."
    )
    assert (measured.facts["top1_share"], measured.facts["gini"]) == (1, 0)


@pytest.mark.parametrize(
    ("state", "counts"),
    [("APPROVED", 1), ("CHANGES_REQUESTED", 1), ("COMMENTED", 1), ("DISMISSED", 1), ("PENDING", 0)],
)
def test_a_pending_review_does_not_count(state: str, counts: int) -> None:
    assert measure(METRIC, reviews=[review("amber-heron", of="quartz-otter", state=state)]).facts["reviews"] == counts


def test_a_review_without_a_date_or_outside_the_window_does_not_count() -> None:
    outside = [review("amber-heron", of="quartz-otter", day=day) for day in (None, -1, 28)]
    assert measure(METRIC, reviews=outside).facts["reviews"] == 0


def test_a_self_review_is_left_out_and_counted_whatever_the_case() -> None:
    measured = measure(
        METRIC, reviews=[review("Quartz-Otter", of="quartz-otter"), review("fern-lynx", of="quartz-otter")]
    )
    assert (measured.facts["reviews"], measured.facts["self_reviews"]) == (1, 1)
    assert "1 self-review left out" in measured.notes


def test_pairs_are_ranked_by_count_and_ties_by_lower_cased_names() -> None:
    given = [
        *[review("fern-lynx", of="quartz-otter", number=1)] * 3,
        review("Zinc-Crane", of="quartz-otter", number=1),
        review("Zinc-Crane", of="quartz-otter", number=2),
        review("amber-heron", of="quartz-otter", number=3),
        review("Amber-Heron", of="fern-lynx", number=4),
    ]
    assert [(str(who).lower(), *rest) for who, *rest in pairs("pairs_by_reviews", *given)] == [
        ("fern-lynx", "quartz-otter", 3, 1),
        ("zinc-crane", "quartz-otter", 2, 2),
        ("amber-heron", "fern-lynx", 1, 1),
        ("amber-heron", "quartz-otter", 1, 1),
    ]
    assert [row[0] for row in pairs("pairs_by_pulls", *given)][:1] == ["Zinc-Crane"]


def test_bots_stay_in_the_pairs_marked_and_out_of_the_people() -> None:
    measured = measure(
        METRIC,
        reviews=[review("coderabbitai[bot]", of="quartz-otter")] * 3 + [review("fern-lynx", of="renovate[bot]")],
    )
    rows = records(measured, "pairs_by_reviews")
    assert [(row["reviewer"], row["reviewer_is_bot"], row["author_is_bot"]) for row in rows] == [
        ("coderabbitai", True, False),
        ("fern-lynx", False, True),
    ]
    assert measured.facts["reviewers_n"] == 1
    assert (measured.facts["top1_share"], measured.facts["top1_share_without_bots"]) == (0.75, 1)
    (chart,) = METRIC.charts(measured, scene())
    assert isinstance(chart, Heatmap)
    assert chart.rows == ("coderabbitai (bot)", "fern-lynx")


def test_only_bots_reviewing_leaves_nobody_without_them() -> None:
    measured = measure(METRIC, reviews=[review("coderabbitai[bot]", of="quartz-otter")] * 3)
    assert (measured.facts["reviews"], measured.facts["reviewers_n"]) == (3, 0)
    assert measured.facts["gini_without_bots"] is measured.facts["top1_share_without_bots"] is None


def test_reviews_by_or_for_deleted_accounts_are_left_out_and_said() -> None:
    """Expected: only the last one has two known logins; the ghost's review of the ghost is no self-review."""
    measured = measure(
        METRIC,
        reviews=[
            review(None, of="quartz-otter", number=1),
            review("ghost", of="quartz-otter", number=2),
            review("fern-lynx", of=None, number=3),
            review("Ghost", of=None, number=4),
            review("fern-lynx", of="quartz-otter", number=5),
        ],
    )
    facts = measured.facts
    assert (facts["reviews"], facts["pulls_reviewed"], facts["reviewers_n"], facts["distinct_pairs"]) == (1, 1, 1, 1)
    assert (facts["self_reviews"], facts["deleted_account_reviews"]) == (0, 4)
    assert facts["top1_share"] == facts["top1_share_without_bots"] == 1
    assert measured.notes == ("4 reviews by or for deleted accounts left out",)
    assert [row["reviewer"] for row in records(measured, "reviewers")] == ["fern-lynx"]
    for table in ("per_day", "per_week", "per_month"):
        assert sum(row["reviews"] for row in records(measured, table)) == 1


def test_reviews_of_deleted_accounts_alone_are_not_denied() -> None:
    measured = measure(METRIC, reviews=[review(None, of="quartz-otter")])
    assert METRIC.finding(measured, None, scene()) == (
        "No pull request was reviewed by anyone but its author in the last 28 days, deleted accounts aside."
    )


def test_no_pair_and_no_reviewer_is_cut_away() -> None:
    """Expected: 1,200 reviewers with a pair each; JSON and CSV hold them all, the picture says that it shows 20."""
    measured = measure(METRIC, reviews=[review(f"r-{at}", of="quartz-otter", number=at) for at in range(1200)])
    for table in ("pairs_by_reviews", "pairs_by_pulls", "reviewers"):
        assert len(measured.tables[table].rows) == 1200
    assert "the 20 busiest of 1,200 reviewers" in METRIC.charts(measured, scene())[0].subtitle


def test_expected_counts_add_up_to_the_reviews_a_reviewer_wrote() -> None:
    """Expected: fitted counts keep the totals; with every pair present they sum to them."""
    people = ("amber-heron", "fern-lynx", "quartz-otter", "zinc-crane")
    given = [review(a, of=b) for i, a in enumerate(people) for b in people if a != b for _ in range(i + 1)]
    measured = measure(METRIC, reviews=given)
    rows = records(measured, "pairs_by_reviews")
    for at, login in enumerate(people):
        assert sum(row["expected"] for row in rows if row["reviewer"] == login) == pytest.approx(3 * (at + 1), abs=0.01)


def test_a_pair_far_above_its_expectation_is_marked() -> None:
    people = [f"heron-{at}" for at in range(20)]
    given = [review(a, of=b) for a in people for b in people if a != b] + [review("heron-0", of="heron-1")] * 30
    marked = [row for row in records(measure(METRIC, reviews=given), "pairs_by_reviews") if row["unusual"] == "high"]
    assert [(row["reviewer"], row["author"], row["reviews"]) for row in marked] == [("heron-0", "heron-1", 31)]


def test_the_picture_marks_unusual_pairs_also_those_without_a_review() -> None:
    """Expected: each reviews everybody else, but heron-1 never heron-2, and heron-0 reviews heron-1 far more often."""
    people = [f"heron-{at}" for at in range(8)]
    given = [review(a, of=b) for a in people for b in people if a != b and (a, b) != (people[1], people[2])] * 8
    (chart,) = METRIC.charts(measure(METRIC, reviews=given + [review(people[0], of=people[1])] * 30), scene())
    assert isinstance(chart, Heatmap)
    said = {(chart.rows[row], chart.columns[column], way) for row, column, way in chart.unusual}
    assert said == {("heron-0", "heron-1", "high"), ("heron-1", "heron-2", "low")}
    assert not any(chart.rows[row] == chart.columns[column] for row, column, _ in chart.unusual)


def test_the_finding_says_how_few_did_how_much() -> None:
    two = measure(METRIC, reviews=[review("a-lynx", of="otter")] * 3 + [review("b-lynx", of="otter")])
    assert METRIC.finding(two, None, scene()).endswith("one of two reviewers wrote 75 % of them.")
    three = measure(METRIC, reviews=[review(login, of="otter") for login in ("a", "b", "c", "c")])
    assert METRIC.finding(three, None, scene()).endswith("two of 3 reviewers wrote 75 % of them.")
    assert METRIC.charts(three, scene())[0].title == "Two of 3 reviewers wrote 75 % of all reviews"
    bot = measure(METRIC, reviews=[review(login, of="otter") for login in ("a", "b", "c[bot]", "c[bot]")])
    assert METRIC.finding(bot, None, scene()).endswith("two of 3 reviewers (2 people and 1 bot) wrote 75 % of them.")


def test_the_picture_has_room_for_forty_by_forty() -> None:
    given = [review(f"r-{at:02}", of=f"a-{at % 50:02}") for at in range(50) for _ in range(5)]
    (chart,) = METRIC.charts(measure(METRIC, reviews=given), scene())
    assert isinstance(chart, Heatmap)
    assert (len(chart.rows), len(chart.columns), len(chart.values)) == (40, 40, 40)
    assert chart.row_totals == (5,) * 40


def test_beyond_twenty_whoever_has_hardly_any_review_is_not_drawn() -> None:
    """Expected: 25 reviewers, 22 of them with five reviews, so 22 rows."""
    given = [review(f"r-{at:02}", of="quartz-otter") for at in range(25) for _ in range(5 if at < 22 else 4)]
    (chart,) = METRIC.charts(measure(METRIC, reviews=given), scene())
    assert isinstance(chart, Heatmap)
    assert len(chart.rows) == 22
