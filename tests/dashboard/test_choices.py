"""What is offered beside an answer keeps what was chosen, and names what the answer compares with."""

from __future__ import annotations

from dashboard.asking import Asked
from dashboard.choices import comparisons, periods

BASE = "/r/quartz-labs/lantern"


def asked(**said: str) -> Asked:
    return Asked("pulls", tuple(said.items()))


def test_another_period_keeps_that_every_row_is_compared() -> None:
    *usual, whole = periods(asked(period="90d", compare="yes"), BASE)
    assert all("compare=yes" in one.address for one in usual)
    assert "compare" not in whole.address, "nothing lies before the whole history"


def test_another_period_leaves_a_second_one_out() -> None:
    assert not any("compare" in one.address for one in periods(asked(period="90d", compare="2026-Q1"), BASE))


def test_the_whole_history_is_offered_beside_no_other_time_but_beside_another_repository() -> None:
    *_, whole = periods(asked(period="90d", vs="2026-Q1"), BASE)
    assert whole.address == f"{BASE}/pulls?period=all"
    *_, whole = periods(asked(period="90d", vs="quartz-labs/reef"), BASE)
    assert "vs=quartz-labs" in whole.address


def test_no_usual_comparison_is_the_chosen_one_where_a_second_period_stands() -> None:
    offered = comparisons(asked(period="90d", compare="2026-Q1"), BASE)
    assert not any(one.chosen for one in offered)
    assert [one.address.partition("?")[2] for one in offered] == [
        "period=90d&compare=yes",
        "period=90d&vs=year&compare=yes",
    ]
