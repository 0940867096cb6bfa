"""Targets: which share of those opened kept them, with what is still open followed to the window's end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.metric import Measured, Metric
from analytics.metrics.issues import METRIC as ISSUES
from analytics.metrics.time_to_merge import METRIC as TIME_TO_MERGE
from analytics.terms import Hours, Terms
from tests.analytics.builders import FOUR_WEEKS, Row, issue, on, pull, scene, tables

DAYS = 24.0
PULLS = [pull(1, merged=2), pull(1, merged=4), pull(1, closed=2), pull(26), pull(18)]
ISSUES_OPENED: list[Row] = [
    {**issue(1, closed=2), "first_response_at": on(1.5)}, {**issue(1, closed=4), "first_response_at": None},
    *({**issue(day), "first_response_at": None} for day in (26, 18, 1)),
]  # fmt: skip


def asked(metric: Metric, terms: Terms, **rows: list[Row]) -> tuple[Measured, str]:
    """What was measured on the owners' terms, and said of it."""
    here = replace(scene(), terms=terms)
    measured = metric.measure(tables(**rows), FOUR_WEEKS, here)
    return measured, metric.finding(measured, None, here)


@pytest.mark.parametrize("hours", [None, Hours()])
def test_merged_within_the_target_counts_those_still_open_for_as_long_as_they_are(hours: Hours | None) -> None:
    """Of 5, one is merged and one closed after a day: 1/5. Of the 2 followed on, one is merged after 3: + 3/5 · 1/2."""
    measured, said = asked(TIME_TO_MERGE, Terms(targets={"merge": 4 * DAYS}, hours=hours), pulls=PULLS)
    assert measured.facts["target_hours"] == 4 * DAYS
    assert measured.facts["merged_within_target_share"] == pytest.approx(1 / 5 + 3 / 5 / 2)
    assert said.endswith("50 % were merged within the target of 4 d.")


def test_closed_and_answered_within_their_targets() -> None:
    """Closed: 1 - 4/5 · 2/3, the one opened 2 days ago left out after these. Answered: 1 of 5, after half a day."""
    terms = Terms(targets={"close": 4 * DAYS, "first_response": 3 * DAYS})
    measured, said = asked(ISSUES, terms, issues=ISSUES_OPENED)
    assert measured.facts["closed_within_target_share"] == pytest.approx(1 - 4 / 5 * 2 / 3)
    assert measured.facts["first_response_within_target_share"] == pytest.approx(1 / 5)
    assert said.endswith(
        "20 % had a first response within the target of 3 d; 47 % were closed within the target of 4 d."
    )


def test_a_target_longer_than_anything_was_followed_for_is_unknown() -> None:
    measured, said = asked(TIME_TO_MERGE, Terms(targets={"merge": 60 * DAYS}), pulls=PULLS)
    assert measured.facts["merged_within_target_share"] is None
    assert "target" not in said


def test_of_fewer_than_five_no_share_is_said() -> None:
    assert "target" not in asked(TIME_TO_MERGE, Terms(targets={"merge": 4 * DAYS}), pulls=PULLS[:4])[1]


@pytest.mark.parametrize(("metric", "other"), [(TIME_TO_MERGE, "close"), (ISSUES, "merge")])
def test_a_target_that_is_not_set_is_not_spoken_of(metric: Metric, other: str) -> None:
    measured, said = asked(metric, Terms(targets={other: 24.0}), pulls=PULLS, issues=ISSUES_OPENED)
    assert not [key for key in measured.facts if "target" in key]
    assert "target" not in said
