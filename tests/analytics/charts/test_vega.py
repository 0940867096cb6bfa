"""Every chart as a specification for pages: it is understood without a warning, small, and holds the chart's values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import pytest
import vl_convert

from analytics.charts.bars import Bars
from analytics.charts.chart import Chart
from analytics.charts.daily import Daily
from analytics.charts.dots import Dot, Dots
from analytics.charts.heatmap import Heatmap
from analytics.charts.histogram import Histogram
from analytics.charts.line import Line
from analytics.charts.multiples import Multiples, Panel
from analytics.charts.panels import Panels
from analytics.charts.ranked import Ranked, RankedRow
from analytics.charts.ranks import RankLine, Ranks
from analytics.charts.rhythm import Rhythm
from analytics.charts.series import Series
from analytics.charts.slope import Slope, SlopeLine
from analytics.charts.survival import Survival, SurvivalCurve
from analytics.charts.theme import LEGIBLE, THEMES, contrast
from analytics.charts.vega.themes import chart_themes
from analytics.charts.weekly import Weekly
from analytics.words import speaking
from dashboard.chart_script import VEGA_LITE
from scripts.chart_themes import FILE, module
from tests.analytics.charts.number_samples import NUMBERS
from tests.analytics.charts.samples import CHARTS, LOGINS, SUBTITLE, WEEKS, values
from tests.analytics.charts.scene import scene
from tests.analytics.charts.traffic_samples import FIRST, TRAFFIC, daily

THOUSAND = tuple(f"{LOGINS[0][:30]}-{place:04d}" for place in range(1000))
HOSTILE = ("datum.a", "'];alert(1)//", "{{x}}", "</script><script>alert(1)</script>", "a\nb", '"quoted"', "[0].b\\", "")
MANY: dict[str, Chart] = {
    "bars of a thousand names": Bars("Many", SUBTITLE, THOUSAND, Series("commits", values(1000, 99))),
    "ranked thousand": Ranked("Many", SUBTITLE, tuple(RankedRow(name, 7) for name in THOUSAND), "commits"),
    "dots of a thousand": Dots("Many", SUBTITLE, tuple(Dot(name, 7.0, "7") for name in THOUSAND), "commits"),
    "heatmap of a thousand": Heatmap("Many", SUBTITLE, THOUSAND, THOUSAND, (tuple(range(1000)),) * 1000),
    "hostile bars": Bars("Names", SUBTITLE, HOSTILE, Series(HOSTILE[1], (3,) * 8), Series(HOSTILE[2], (5,) * 8)),
    "hostile pairs": Heatmap("Pairs", SUBTITLE, HOSTILE, HOSTILE, ((1,) * 8,) * 8, None, HOSTILE[1], HOSTILE[3]),
    "hostile lines": Line("Lines", SUBTITLE, WEEKS, tuple(Series(name, values(30, 9)) for name in HOSTILE[:5])),
    "hostile panels": Multiples(
        "Panels", SUBTITLE, tuple(Panel(name, (FIRST,), (3,), (False,)) for name in HOSTILE), HOSTILE[1]
    ),
    "hostile ranks": Ranks("Ranks", SUBTITLE, (FIRST,), tuple(RankLine(name, (1,), 3) for name in HOSTILE)),
    "hostile dots": Dots("Dots", SUBTITLE, tuple(Dot(name, 3.0, name, 1.0) for name in HOSTILE), HOSTILE[1], 2.0),
    "hostile rows": Ranked("Rows", SUBTITLE, tuple(RankedRow(name, 3.0, name) for name in HOSTILE), HOSTILE[1]),
    "hostile slopes": Slope(
        "Slopes", SUBTITLE, (HOSTILE[1], HOSTILE[2]),
        tuple(SlopeLine(name, 1, 2, name, name, name) for name in HOSTILE),
    ),
    "hostile curves": Survival(
        "Curves", SUBTITLE, tuple(SurvivalCurve(name, (0.0, 5.0), (1.0, 0.5)) for name in HOSTILE), ((0.0, (1,) * 8),),
        HOSTILE[1], ((5.0, HOSTILE[2]),),
    ),
    "hostile days": Daily(
        "Days", SUBTITLE, (FIRST,), (3,), (1,), (False,), HOSTILE[1], True, ((FIRST, HOSTILE[1]),), ((FIRST, "{{x}}"),)
    ),
    "unknown bars": Bars("Unknown", SUBTITLE, WEEKS, Series("opened", (None,) * 29 + (1,)), Series("x", (None,) * 30)),
}  # fmt: skip
EVERY: dict[str, Chart] = {**CHARTS, **NUMBERS, **TRAFFIC, **MANY}
LARGEST = 200_000  # bytes of one chart
COMPOSITES = 4 * LARGEST  # bytes of several in one


def spec_of(chart: Chart) -> dict[str, Any]:
    """Return what a page gets, which is what JSON can carry."""
    return json.loads(json.dumps(chart.spec(), allow_nan=False))  # type: ignore[no-any-return]


def compiled(chart: Chart) -> dict[str, Any]:
    themed = spec_of(chart)
    themed["config"] = themed.get("config", {}) | chart_themes()["light"]
    return vl_convert.vegalite_to_vega(themed, VEGA_LITE, show_warnings=True)


def rows(chart: Chart) -> list[dict[str, Any]]:
    return list(spec_of(chart)["data"]["values"])


@pytest.mark.parametrize("name", EVERY)
def test_every_specification_is_understood(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert compiled(EVERY[name])["marks"]
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


def test_a_mistake_would_be_noticed(capfd: pytest.CaptureFixture[str]) -> None:
    spec = spec_of(NUMBERS["one dot"]) | {"config": chart_themes()["light"]}
    spec["layer"][0]["encoding"]["shape"] = {"field": "nowhere", "type": "quantitative"}
    vl_convert.vegalite_to_vega(spec, VEGA_LITE, show_warnings=True)
    said = capfd.readouterr()
    assert said.out + said.err


@pytest.mark.parametrize("name", EVERY)
def test_a_specification_is_small(name: str) -> None:
    size = len(json.dumps(EVERY[name].spec(), separators=(",", ":"), ensure_ascii=False).encode())
    assert size < (COMPOSITES if name.startswith("panels") else LARGEST)


@pytest.mark.parametrize("name", EVERY)
def test_a_specification_says_the_finding_and_holds_no_colour(name: str) -> None:
    spec = spec_of(EVERY[name])
    assert spec["usermeta"]["title"].replace("\N{NO-BREAK SPACE}", " ") == " ".join(EVERY[name].title.split())
    assert spec["description"]
    colours = [word for word in words_outside_data(spec) if word.startswith(("#", "rgb")) and len(word) > 3]
    assert not colours


def words_outside_data(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [
            word
            for key, value in part.items()
            if key not in ("values", "usermeta")
            for word in words_outside_data(value)
        ]
    if isinstance(part, list):
        return [word for value in part for word in words_outside_data(value)]
    return [part] if isinstance(part, str) else []


@pytest.mark.parametrize("name", [name for name in MANY if name.startswith("hostile")])
def test_names_are_data_and_never_expressions(name: str) -> None:
    vega = compiled(EVERY[name])
    expressions: list[str] = []

    def gather(part: Any) -> None:
        if isinstance(part, dict):
            for key, value in part.items():
                if key in ("expr", "signal", "update", "init", "test") and isinstance(value, str):
                    expressions.append(value)
                elif key != "values":
                    gather(value)
        elif isinstance(part, list):
            for value in part:
                gather(value)

    gather(vega)
    assert expressions
    assert not [each for each in expressions if "alert(" in each or "{{x}}" in each or "script" in each]


def test_days_hold_their_counts() -> None:
    chart = TRAFFIC["days"]
    assert isinstance(chart, Daily)
    found = rows(chart)
    assert [row["from"] for row in found] == [day.isoformat() for day in chart.data.starts]
    assert [row["count"] for row in found] == list(chart.data.counts)
    assert [row.get("uniques") for row in found] == list(chart.data.uniques)
    assert [bool(row.get("grows")) for row in found] == list(chart.data.provisional)
    assert found[0]["say"].splitlines() == ["2 Mar 2026", "views 0", "uniques 0", "release v1.0.0"]
    assert found[10]["say"].splitlines() == ["12 Mar 2026", "no data"]


def test_weeks_hold_the_year_before() -> None:
    chart = TRAFFIC["weeks"]
    assert isinstance(chart, Weekly)
    assert [row.get("line") for row in rows(chart)] == chart.compared
    assert [row["count"] for row in rows(chart)] == list(chart.data.counts)


def test_bars_hold_both_series() -> None:
    chart = CHARTS["bars"]
    assert isinstance(chart, Bars)
    assert chart.down
    assert [row["up"] for row in rows(chart)] == list(chart.up.values)
    assert [row["down"] for row in rows(chart)] == list(chart.down.values)
    assert [bool(row.get("grows")) for row in rows(chart)] == [False] * 29 + [True]


def test_lines_hold_every_value_and_stay_broken() -> None:
    chart = CHARTS["lines with a gap"]
    assert isinstance(chart, Line)
    for place, series in enumerate(chart.shown):
        assert [row["value"] for row in rows(chart) if row["series"] == place] == list(series.values)


def test_a_histogram_holds_its_bins() -> None:
    chart = CHARTS["histogram"]
    assert isinstance(chart, Histogram)
    assert [row["count"] for row in rows(chart)] == [each.count for each in chart.bins]
    assert [row["bin"] for row in rows(chart) if row["median"]] == [
        place for place, each in enumerate(chart.bins) if chart.holds_median(each)
    ]


def test_curves_hold_their_shares() -> None:
    chart = NUMBERS["survival"]
    assert isinstance(chart, Survival)
    for row, curve in zip(rows(chart), chart.shown, strict=True):
        for hours, share in zip(row["h"], row["s"], strict=True):
            index = curve.at(hours * (1 + 1e-4))
            index = len(curve.shares) - 1 if index is None else index
            near = curve.shares[max(0, index - 1) : index + 2]
            assert min(abs(share - each) for each in near) < 1e-4


def test_a_heatmap_holds_its_pairs_without_those_that_cannot_be() -> None:
    chart = CHARTS["heatmap"]
    assert isinstance(chart, Heatmap)
    found = {(row["row"], row["column"]): row["count"] for row in rows(chart)}
    assert found == {
        (row, column): value
        for row, line in enumerate(chart.values)
        for column, value in enumerate(line)
        if value is not None
    }


def test_dots_ranked_rows_and_slopes_hold_their_values() -> None:
    dots, ranked, slope = NUMBERS["dots"], CHARTS["ranked"], NUMBERS["slope"]
    assert isinstance(dots, Dots)
    assert isinstance(ranked, Ranked)
    assert isinstance(slope, Slope)
    assert [row["value"] for row in rows(dots)] == pytest.approx([row.value for row in dots.rows], rel=1e-5)
    assert [row.get("low") is None for row in rows(dots)] == [row.low is None for row in dots.rows]
    assert [row["value"] for row in rows(ranked)] == [row.value for row in ranked.rows]
    assert [(row.get("before"), row.get("now")) for row in rows(slope)] == [
        (row.before, row.now) for row in slope.lines
    ]


def test_ranks_hold_every_place_that_is_drawn() -> None:
    chart = TRAFFIC["ranks of a month"]
    assert isinstance(chart, Ranks)
    for place, line in enumerate(chart.shown):
        found = {row["at"]: row["rank"] for row in rows(chart) if row["name"] == place}
        assert found == {chart.dates[step].isoformat(): line.ranks[step] for step in chart.steps if line.ranks[step]}


def test_a_rhythm_and_small_multiples_hold_their_values() -> None:
    rhythm, multiples = TRAFFIC["rhythm"], TRAFFIC["multiples"]
    assert isinstance(rhythm, Rhythm)
    assert isinstance(multiples, Multiples)
    assert [row["value"] for row in rows(rhythm)] == list(rhythm.values)
    assert [tuple(row["n"]) for row in rows(multiples)] == [panel.counts for panel in multiples.shown]
    # what is cut is the name, never its total
    assert [row["name"].split(" · ")[0] for row in rows(multiples)][:2] == ["38,414", "12,774"]


def test_what_is_said_and_months_are_in_the_owners_language() -> None:
    chart = replace(TRAFFIC["days"], title="Tage")  # type: ignore[type-var]
    with speaking("de"):
        spec = spec_of(chart)
    assert spec["config"]["locale"]["time"]["shortMonths"][2] == "März"
    assert spec["data"]["values"][0]["say"].startswith("02.03.2026")
    assert "config" not in spec_of(chart)


def test_equal_names_stay_two_rows() -> None:
    chart = Ranked("Twice", SUBTITLE, (RankedRow("heron", 3), RankedRow("heron", 2)), "commits")
    first, second = (row["name"] for row in rows(chart))
    assert first != second
    assert second.rstrip("\N{ZERO WIDTH SPACE}") == first


def test_figures_in_cells_can_be_read_in_both_themes() -> None:
    for theme in chart_themes().values():
        pairs = list(zip(theme["range"]["inks"], theme["range"]["shades"], strict=True))
        assert len(pairs) == 13
        assert min(contrast(*pair) for pair in pairs) >= LEGIBLE


def test_what_may_still_grow_stands_out_from_the_page() -> None:
    for name, theme in chart_themes().items():
        for role in ("growing", "grown"):
            assert contrast(theme["style"][role]["stroke"], THEMES[name].background) >= 3, (name, role)
        assert theme["style"]["grown"]["color"] != theme["style"]["dark"]["color"]


def test_headings_of_panels_beside_one_another_stand_at_one_height() -> None:
    bars, histogram = CHARTS["bars"], replace(CHARTS["histogram"], title=f"Half were merged within {'a ' * 15} 42 h")  # type: ignore[type-var]
    spec = Panels("Overview", SUBTITLE, (bars, histogram)).spec()
    heights = [item["y"] for mark in scene(spec) if mark.get("role") == "title" for item in mark["items"]]
    assert heights[0] == heights[1] < 0
    assert "42\N{NO-BREAK SPACE}h" in spec["concat"][1]["title"]["text"][1]
    assert [key["words"] for key in spec["usermeta"]["keys"]] == ["opened", "merged", "may still grow"]


def test_pages_load_the_themes_as_they_are() -> None:
    assert FILE.read_text() == module(), "run: python -m scripts.chart_themes"


def test_names_are_cut_only_where_there_is_no_room() -> None:
    chart = Dots(
        "Waiting", SUBTITLE, (Dot("#4 The import wizard fails where a proxy asks", 9.0, "9 d · reviewer"),), "h"
    )
    [row] = rows(chart)
    assert row["say"].startswith(row["name"])
    cut = {}
    for room in (880, 358):
        items = [item for mark in scene(chart.spec(), room) for item in mark["items"] if item.get("text")]
        cut[room] = {item["text"]: item["limit"] for item in items if item["text"] in (row["name"], row["words"])}
    assert min(cut[880].values()) > 200  # pixels: all of both
    assert cut[358] == {row["name"]: 120, row["words"]: 110}


def test_paths_are_cut_where_they_begin() -> None:
    chart = Ranks("Paths", SUBTITLE, (FIRST,), (RankLine("/quartz-labs/lantern/pulls", (1,), 38),))
    [words] = [item for mark in scene(chart.spec()) for item in mark["items"] if "pulls" in item.get("text", "")]
    assert (words["text"], words["dir"]) == ("/quartz-labs/lantern/pulls · 38", "rtl")


def test_a_week_alone_is_as_wide_as_its_days() -> None:
    chart = TRAFFIC["one week"]
    [row] = rows(chart)
    assert (row["from"], row["to"]) == ("2026-03-02", "2026-03-09")


def test_pairs_of_many_need_a_width_in_which_their_names_and_figures_are_read_and_a_week_fits_a_phone() -> None:
    needed = {name: least(CHARTS[name].spec()) for name in ("heatmap 40 x 40", "heatmap")}
    assert needed["heatmap 40 x 40"] >= 40 * 14
    week = Heatmap("Week", SUBTITLE, ("Wednesday",), tuple(f"{hour:02}" for hour in range(0, 24, 2)), ((1,) * 12,))
    assert needed["heatmap"] < 358
    assert least(week.spec()) < 320 - 32


def least(spec: Mapping[str, Any]) -> int:
    """Return the width in pixels under which a chart is not drawn but scrolled."""
    width: int = spec["usermeta"]["least"]
    return width


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_release_stands_out_from_the_bars_that_it_stands_on_by_an_outline(theme: Literal["light", "dark"]) -> None:
    """Its violet is not seen on blue; 3 : 1 is what WCAG asks of what is drawn."""
    look = chart_themes()[theme]["style"]
    for bar in ("pale", "dark"):
        on_bar, within = (contrast(look["release"]["stroke"], look[of]["color"]) for of in (bar, "release"))
        assert max(on_bar, contrast(look["release"]["color"], look[bar]["color"])) > 1.5
        assert within >= 3


@pytest.mark.parametrize(("place", "align"), [(0, "left"), (20, None), (39, "right")])
def test_a_figure_at_the_edge_of_many_columns_stands_within_the_plot(place: int, align: str | None) -> None:
    chart = daily(tuple(9 if day == place else 8 for day in range(40)))
    (named,) = (one["mark"] for one in chart.spec()["layer"] if one["mark"].get("style") == "ink")
    assert named.get("align") == align
