"""The table beside each chart has the chart's own values, whatever kind of chart it is."""

from __future__ import annotations

import json
import re

from analytics.charts.heatmap import Heatmap
from analytics.charts.survival import Survival, SurvivalCurve
from dashboard.chart_numbers import said_by
from tests.dashboard.answering import BASE, Watched

METRICS = ("overview", "time-to-merge", "first-review", "issues", "commits", "review-matrix", "traffic", "sizes")


def test_a_curve_says_its_shares_place_by_place() -> None:
    curve = SurvivalCurve("all", (0.0, 10.0, 30.0), (1.0, 0.5, 0.25))
    lines = said_by(Survival("t", "s", (curve,), (), "still open").spec())
    assert all(name.startswith("after ") for name, _ in lines)
    assert any("50 %" in value for _, value in lines)


def test_a_matrix_says_its_pairs_and_leaves_out_what_is_nothing() -> None:
    names = ("quartz-heron", "quartz-otter")
    chart = Heatmap("t", "s", names, names, ((None, 1300), (0, None)), None, "reviewer", "author", ((0, 1, "high"),))
    assert said_by(chart.spec()) == [("quartz-heron and quartz-otter", "1,300 · more than expected")]


def test_a_chart_without_values_has_no_table() -> None:
    assert said_by(None) == []
    assert said_by(Heatmap("t", "s", (), (), ()).spec()) == []


async def test_every_chart_of_a_page_has_its_table_and_is_described_by_it(watched: Watched) -> None:
    await watched.read("/analytics overview 90d")
    for metric in METRICS:
        page = (await watched.member.get(f"{BASE}/{metric}?period=90d", Accept="text/html")).text
        described = re.findall(r'aria-describedby="(chart-\d+-numbers)"', page)
        assert described, metric
        for name in described:
            number = name.split("-")[1]
            assert page.count(f'id="{name}"') == 1
            spec = json.loads(await watched.data(watched.member, f"{BASE}/{metric}/chart/{number}.json?period=90d"))
            assert said_by(spec), (metric, number)
