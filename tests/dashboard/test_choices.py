"""What is offered beside an answer keeps what was chosen, and names what the answer compares with."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from analytics.metrics import all_metrics
from dashboard.asking import ELSEWHERE, Asked
from dashboard.choices import comparisons, is_right, periods, tab, wrong_of
from reports.mistake import Mistake
from storage.installations import Repository

BASE = "/r/quartz-labs/lantern"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LANTERN = Repository(7, 1, "quartz-labs", "lantern", "public", "main")


def can_be(one: Asked) -> bool:
    return is_right(one, NOW, LANTERN)


def asked(**said: str) -> Asked:
    return Asked("pulls", tuple(said.items()))


def test_another_period_keeps_that_every_row_is_compared() -> None:
    *usual, whole = periods(asked(period="90d", compare="yes"), BASE, can_be)
    assert all("compare=yes" in one.address for one in usual)
    assert "compare" not in whole.address, "nothing lies before the whole history"


def test_a_tab_says_in_a_word_what_a_metric_with_a_long_title_is_about() -> None:
    assert tab("stars", asked(), BASE).name == "Stars"
    assert tab("pulls", asked(), BASE).name == "Pull requests"


def test_another_period_leaves_a_second_one_out() -> None:
    assert not any("compare" in one.address for one in periods(asked(period="90d", compare="2026-Q1"), BASE, can_be))


def test_the_whole_history_is_offered_beside_no_other_time_but_beside_another_repository() -> None:
    *_, whole = periods(asked(period="90d", vs="2026-Q1"), BASE, can_be)
    assert whole.address == f"{BASE}/pulls?period=all"
    *_, whole = periods(asked(period="90d", vs="quartz-labs/reef"), BASE, can_be)
    assert "vs=quartz-labs" in whole.address


def test_no_usual_comparison_is_the_chosen_one_where_a_second_period_stands() -> None:
    offered = comparisons(asked(period="90d", compare="2026-Q1"), BASE, can_be)
    assert not any(one.chosen for one in offered)
    assert [one.address.partition("?")[2] for one in offered] == [
        "period=90d&compare=yes",
        "period=90d&vs=year&compare=yes",
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"vs": "2026-Q1"},
        {"period": "30d", "vs": "year", "compare": "yes"},
        {"period": "90d", "compare": "2026-Q1"},
        {"period": "2026-Q2", "vs": "quartz-labs/reef", "author": "idle-heron"},
        {"period": "all"},
        {"vs": "2026-10-01..2026-10-31"},
        {"author": "a b"},
        {"foo": "bar", "period": "1y"},
        {"scope": "org"},
    ],
)
def test_whatever_is_offered_can_be_asked(said: dict[str, str]) -> None:
    now = asked(**said)
    for one in (*periods(now, BASE, can_be), *comparisons(now, BASE, can_be)):
        leads_to = Asked.of_query("pulls", parse_qsl(one.address.partition("?")[2]))
        assert can_be(leads_to), one.address


@pytest.mark.parametrize("said", [{"author": "a b"}, {"author": ","}, {"foo": "bar"}])
def test_nobody_is_offered_who_was_not_named(said: dict[str, str]) -> None:
    with pytest.raises(Mistake) as wrong:
        asked(**said).question(now=NOW, repository_id=7, repository=LANTERN.full_name, metrics=all_metrics())
    shown = wrong_of(wrong.value, asked(**said), BASE, NOW, LANTERN)
    assert (shown.nearest, shown.address) == ("", "")


def test_a_page_names_no_key_that_it_would_refuse() -> None:
    with pytest.raises(Mistake) as wrong:
        asked(foo="bar").question(now=NOW, repository_id=7, repository=LANTERN.full_name, metrics=all_metrics())
    shown = wrong_of(wrong.value, asked(foo="bar"), BASE, NOW, LANTERN)
    assert not [key for key in ELSEWHERE if f"{key}=" in shown.sentence + shown.usage]


def test_of_a_wrong_period_a_page_says_how_periods_are_written() -> None:
    with pytest.raises(Mistake, match="`yesterweek` is not a period") as wrong:
        asked(period="yesterweek").question(
            now=NOW, repository_id=7, repository=LANTERN.full_name, metrics=all_metrics()
        )
    assert "30d" in wrong_of(wrong.value, asked(period="yesterweek"), BASE, NOW, LANTERN).usage


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ({"period": "2026-Q2", "compare": "2026-Q1", "vs": "year"}, "?period=2026-Q2&compare=2026-Q1"),
        ({"period": "2026-Q3", "compare": "2026-Q9"}, "?period=2026-Q3&compare=2026-Q4"),
        ({"period": "90d", "compare": "2026-Q9"}, None),  # the two would overlap
    ],
)
def test_what_was_meant_of_two_periods_keeps_both(said: dict[str, str], query: str | None) -> None:
    with pytest.raises(Mistake) as wrong:
        asked(**said).question(now=NOW, repository_id=7, repository=LANTERN.full_name, metrics=all_metrics())
    found = wrong_of(wrong.value, asked(**said), BASE, NOW, LANTERN)
    assert found.address == ("" if query is None else f"{BASE}/pulls{query}")
