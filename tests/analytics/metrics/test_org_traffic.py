"""An organisation's traffic: counts over what is known of each repository, and no uniques anywhere."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import timedelta

from analytics.buckets import column
from analytics.charts.multiples import Multiples
from analytics.metrics.org_traffic import METRIC
from analytics.tables import Coded, Tables
from tests.analytics.builders import FOUR_WEEKS, Row, measure, on, records, scene


def day(name: str, at: int, views: int | None, clones: int | None = 0) -> Row:
    return {"repository": f"quartz/{name}", "day": on(at), "views": views, "clones": clones}


def test_nothing_known() -> None:
    measured = measure(METRIC)
    assert METRIC.finding(measured, measured, scene()) == (
        "No traffic of the organisation's repositories is known in the last 28 days."
    )
    assert METRIC.charts(measured, scene()) == ()
    assert METRIC.compare(measured, measured, scene())[0].now == "\N{EN DASH}"


def test_each_repository_by_what_is_known_of_it() -> None:
    rows = [
        *(day("harbour", at, 3, 1) for at in range(28)),
        day("lantern", 2, 16),
        day("lantern", 3, None, 5),
        day("old", -1, 9),
    ]
    measured = measure(METRIC, org_days=rows)
    assert records(measured, "per_repository") == [
        {"repository": "quartz/harbour", "views": 84, "clones": 28, "views_known_days": 28, "clones_known_days": 28},
        {"repository": "quartz/lantern", "views": 16, "clones": 5, "views_known_days": 1, "clones_known_days": 2},
    ]
    assert column(measured.tables["per_day"], "views")[:5] == (3, 3, 19, 3, 3)
    assert column(measured.tables["per_day"], "views_repositories")[:4] == (1, 1, 2, 1)
    assert measured.notes == (
        "views unknown on 27 of 56 repository days", "clones unknown on 26 of 56 repository days"
    )  # fmt: skip
    assert METRIC.finding(measured, None, scene()) == (
        "100 views and 33 clones of 2 repositories in the last 28 days. 84 % of the views were of quartz/harbour."
    )
    views, clones = METRIC.charts(measured, scene())
    assert isinstance(views, Multiples)
    assert isinstance(clones, Multiples)
    assert views.title == "84 % of 100 views are of quartz/harbour"
    assert [(panel.name, panel.counts[:4]) for panel in views.panels] == [
        ("harbour", (3, 3, 3, 3)), ("lantern", (None, None, 16, None))
    ]  # fmt: skip
    assert "uniques" not in repr((measured.facts, measured.tables))
    assert METRIC.charts(pickle.loads(pickle.dumps(measured)), scene()) == (views, clones)


def test_a_repository_that_is_new_makes_no_change() -> None:
    rows = [day("harbour", at, 10 + at % 3) for at in range(-28, 28)] + [day("lantern", at, 500) for at in range(28)]
    now, before = (measure(METRIC, window, org_days=rows) for window in (FOUR_WEEKS, FOUR_WEEKS.previous()))
    first, second, *_ = METRIC.compare(now, before, scene())
    assert (first.label, first.now, first.before) == ("views (1 repository, 26 days known in both)", "285", "286")
    assert second.verdict == "n = 26 days each: no clear change"
    assert "than in the period before" not in METRIC.finding(now, before, scene())


def test_what_it_was_before_stands_with_before_and_nothing_else_is_called_before() -> None:
    rows = [day("harbour", at, 10 + at % 3 + 50 * (at >= 0)) for at in range(-28, 28)]
    now, before = (measure(METRIC, window, org_days=rows) for window in (FOUR_WEEKS, FOUR_WEEKS.previous()))
    told = METRIC.finding(now, before, replace(scene(), against="a year before"))
    assert "More views on a median day than a year before (11), over what is known in both." in told


def test_coded_names_are_read_alike() -> None:
    rows = [day(name, at, at) for at in range(5) for name in ("lantern", "harbour")]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    columns["repository"] = Coded([0, 1] * 5, ["quartz/lantern", "quartz/harbour", "quartz/unseen"])  # type: ignore[assignment]
    coded = METRIC.measure(Tables.of({"org_days": columns}), FOUR_WEEKS, scene())
    assert coded.tables == measure(METRIC, org_days=rows).tables


def test_only_the_last_two_days_may_still_grow_and_only_while_they_are_recent() -> None:
    rows = [day("harbour", at, 3) for at in range(28)]
    for now, growing in ((0, 2), (1, 1), (30, 0)):
        about = replace(scene(), now=FOUR_WEEKS.until + timedelta(days=now))
        (views, *_) = METRIC.charts(measure(METRIC, org_days=rows), about)
        assert isinstance(views, Multiples)
        assert [sum(panel.provisional) for panel in views.panels] == [growing]
        said = "the last 2 days may still grow" if growing == 2 else "the last day may still grow"
        assert (said in views.subtitle) == bool(growing)
        assert "beside each name its views" in views.subtitle
