"""Whatever people are called and however much they did, nothing overlaps, nothing is clipped, nothing is too heavy."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.charts.bars import Bars
from analytics.charts.canvas import drawn, render
from analytics.charts.chart import Chart
from analytics.charts.heatmap import Heatmap
from analytics.charts.histogram import Histogram
from analytics.charts.layout import WIDTH
from analytics.charts.line import Line
from analytics.charts.panels import Panels
from analytics.charts.ranked import Ranked, RankedRow
from analytics.charts.series import Series
from tests.analytics.charts.samples import MONDAY

labels = st.one_of(
    st.text("abcdefghijklmnopqrstuvwxyz-0123456789WM", min_size=1, max_size=39),
    st.text(max_size=39),
    st.sampled_from(["Юрий Алексеевич", "日本語の名前", "👩‍👩‍👧‍👦", "W" * 39, "$\\frac{1}{2}$", "\u202eabc", "a|b`c"]),
)
# Shrinking a picture takes minutes and a failing one prints itself well enough.
swift = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
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
    canvas = drawn(chart, "light")
    texts = canvas.written
    for index, text in enumerate(texts):
        for x, y in text.corners:
            assert -1 <= x <= WIDTH + 1, text
            assert -1 <= y <= canvas.area.bottom + 1, text
        clash = [other for other in texts[:index] if text.overlaps(other)]
        assert not clash, f"{text} {clash}"
    assert chart.alt
    assert chart.text()


@settings(swift, max_examples=25)
@given(single)
def test_pictures_stay_light(chart: Chart) -> None:
    assert len(render(chart, "dark")) < 60_000
