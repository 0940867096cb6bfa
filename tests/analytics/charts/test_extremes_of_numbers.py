"""Curves, slopes, dots and large heatmaps of whatever: nothing overlaps, is clipped or too heavy, in words as well."""

from __future__ import annotations

from typing import Literal

from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.charts.canvas import render
from analytics.charts.chart import Chart
from analytics.charts.dots import Dot, Dots
from analytics.charts.heatmap import Heatmap
from analytics.charts.panels import Panels
from analytics.charts.slope import Slope, SlopeLine
from analytics.charts.survival import Survival, SurvivalCurve
from tests.analytics.charts.anything import labels, swift
from tests.analytics.charts.reading import texts_have_room

hours = st.floats(0, 30_000)
shares = st.floats(0, 1)
maybe = st.none() | hours
values = st.floats(0, 1e6)
short = st.text("0123456789 hdmin%", max_size=12)


@st.composite
def curves(draw: st.DrawFn) -> SurvivalCurve:
    times = [0.0, *sorted(draw(st.lists(hours, max_size=30)))]
    levels = sorted(draw(st.lists(shares, min_size=len(times), max_size=len(times))), reverse=draw(st.booleans()))
    band = tuple(draw(st.none() | shares) for _ in times)
    low, high = draw(st.sampled_from([(None, None), (band, tuple(levels))]))
    return SurvivalCurve(draw(labels), tuple(times), tuple(levels), low, high, draw(st.booleans()))


@st.composite
def survivals(draw: st.DrawFn) -> Survival:
    count = draw(st.integers(0, 7))
    some = tuple(draw(curves()) for _ in range(count))
    risk = tuple(
        (draw(hours), tuple(draw(st.integers(0, 1_000_000)) for _ in range(count)))
        for _ in range(draw(st.integers(0, 12)))
    )
    marks = tuple((draw(hours), draw(labels)) for _ in range(draw(st.integers(0, 4))))
    return Survival(draw(labels), draw(labels), some, risk, draw(labels), marks, draw(maybe))


slopes = st.builds(
    Slope,
    labels,
    labels,
    st.tuples(labels, labels),
    st.lists(st.builds(SlopeLine, labels, maybe, maybe, labels, labels, labels, st.booleans()), max_size=20).map(tuple),
)
dots = st.builds(
    Dots,
    labels,
    labels,
    st.lists(st.builds(Dot, labels, values, short, maybe, maybe, st.booleans()), max_size=40).map(tuple),
    labels,
    maybe,
    st.booleans(),
)


@st.composite
def heatmaps(draw: st.DrawFn) -> Heatmap:
    rows, columns = draw(st.integers(1, 45)), draw(st.integers(1, 45))
    kinds = draw(st.lists(labels, min_size=1, max_size=12))
    seed = draw(st.integers(1, 1000))
    grid = tuple(
        tuple(None if (row + column) % 7 == 0 else row * seed * column % 97 for column in range(columns))
        for row in range(rows)
    )
    ways: tuple[Literal["high", "low"], ...] = ("high", "low")
    marked = tuple(
        (draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1)), draw(st.sampled_from(ways)))
        for _ in range(draw(st.integers(0, 5)))
    )
    names = tuple(kinds[place % len(kinds)] for place in range(max(rows, columns)))
    return Heatmap(
        draw(labels), draw(labels), names[:rows], names[:columns], grid, None, draw(labels), draw(labels), marked
    )  # fmt: skip


single = st.one_of(survivals(), slopes, dots, heatmaps())
panels = st.builds(Panels, labels, labels, st.lists(single, max_size=5).map(tuple))


# Six curves in a low panel, whose shares once stood in the names; rows so low that their totals ran into each other.
CROWDED = Survival(
    "Waiting by size",
    "hours",
    tuple(SurvivalCurve(f"size {size}", (0.0, 10.0 + size), (1.0, 0.5), None, None) for size in range(6)),
    ((0.0, (9,) * 6),),
    "pull requests",
)
LOW = Heatmap(
    "Reviews",
    "of 44 persons",
    tuple(f"reviewer-{row}" for row in range(44)),
    tuple(f"author-{column}" for column in range(6)),
    tuple(tuple(row * column for column in range(6)) for row in range(44)),
    None,
    "reviewer",
    "author",
)
FLAT = Heatmap(
    "Low rows", "below long names", ("日本語の名前",) * 3, ("日本語の名前",) * 28,
    tuple(tuple(35 + (row * 31 + column * 35) % 60 for column in range(28)) for row in range(3)), None, "5", "o-vWvs2l",
    ((2, 18, "high"), (1, 18, "low"), (1, 3, "high")),
)  # fmt: skip
IN_PANELS = Panels("Overview", "two of them", (CROWDED, LOW, CROWDED, LOW))


@settings(swift, max_examples=150)
@given(st.one_of(single, panels))
@example(IN_PANELS)
@example(LOW)
@example(FLAT)
def test_texts_neither_overlap_nor_leave_the_picture(chart: Chart) -> None:
    texts_have_room(chart, slack=1)
    assert chart.alt
    assert chart.text()


@settings(swift, max_examples=30)
@given(single)
def test_pictures_stay_light(chart: Chart) -> None:
    assert len(render(chart, "dark")) < 60_000
