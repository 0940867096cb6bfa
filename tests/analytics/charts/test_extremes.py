"""Whatever people are called and however much they did, nothing overlaps, nothing is clipped, nothing is too heavy."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.charts.bars import Bars
from analytics.charts.canvas import render
from analytics.charts.chart import Chart
from analytics.charts.heatmap import Heatmap
from analytics.charts.histogram import Histogram
from analytics.charts.line import Line
from analytics.charts.panels import Panels
from analytics.charts.ranked import Ranked, RankedRow
from analytics.charts.series import Series
from tests.analytics.charts.anything import labels, swift
from tests.analytics.charts.reading import texts_have_room
from tests.analytics.charts.samples import MONDAY

counts = st.one_of(st.integers(0, 9), st.integers(0, 1_000_000)).map(float)
known = st.one_of(st.none(), counts)


@st.composite
def bars(draw: st.DrawFn) -> Bars:
    count = draw(st.integers(1, 60) | st.sampled_from([1, 200, 500]))
    step = timedelta(days=draw(st.sampled_from([1, 7, 31])))
    buckets = tuple(MONDAY + step * index for index in range(count))
    names = tuple(draw(labels) for _ in range(count)) if count <= 30 and draw(st.booleans()) else buckets
    up, down = (Series(draw(labels), tuple(draw(st.lists(known, min_size=count, max_size=count)))) for _ in range(2))
    return Bars(draw(labels), draw(labels), names, up, draw(st.sampled_from([None, down])), provisional=1)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    count = draw(st.integers(1, 60))
    step = timedelta(hours=draw(st.sampled_from([24, 168, 745])))
    series = tuple(
        Series(draw(labels), tuple(draw(st.lists(known, min_size=count, max_size=count))), accent=draw(st.booleans()))
        for _ in range(draw(st.integers(1, 4)))
    )
    times = tuple(MONDAY + step * index for index in range(count))
    return Line(draw(labels), draw(labels), times, series, zero_based=draw(st.booleans()))


@st.composite
def heatmaps(draw: st.DrawFn) -> Heatmap:
    rows, columns = draw(st.integers(1, 26)), draw(st.integers(1, 26))
    cells = st.one_of(st.none(), st.integers(0, 9), st.integers(0, 1_000_000))
    row_names = tuple(draw(labels) for _ in range(rows))
    column_names = tuple(draw(labels) for _ in range(columns))
    values = tuple(tuple(draw(st.lists(cells, min_size=columns, max_size=columns))) for _ in range(rows))
    return Heatmap(draw(labels), draw(labels), row_names, column_names, values, None, draw(labels), draw(labels))


ranked = st.builds(
    Ranked,
    labels,
    labels,
    st.lists(st.builds(RankedRow, labels, counts, labels), max_size=40).map(tuple),
    st.just("commits"),
    st.integers(0, 3),
)
durations = st.lists(st.floats(0, 30_000), max_size=300).map(tuple)
histograms = st.builds(Histogram, labels, labels, durations, st.one_of(st.none(), st.floats(0, 30_000)))
single = st.one_of(bars(), lines(), heatmaps(), ranked, histograms)
panels = st.builds(Panels, labels, labels, st.lists(single, max_size=5).map(tuple))


@settings(swift, max_examples=120)
@given(st.one_of(single, panels))
def test_texts_neither_overlap_nor_leave_the_picture(chart: Chart) -> None:
    texts_have_room(chart, slack=1)
    assert chart.alt
    assert chart.text()


@settings(swift, max_examples=25)
@given(single)
def test_pictures_stay_light(chart: Chart) -> None:
    assert len(render(chart, "dark")) < 60_000
