"""Whatever traffic is like, no word of its pictures overlaps another, none is clipped, and each has its text."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.charts.chart import Chart
from analytics.charts.daily import Daily
from analytics.charts.multiples import Multiples, Panel
from analytics.charts.ranks import RankLine, Ranks
from analytics.charts.rhythm import Rhythm
from analytics.charts.weekly import Weekly
from tests.analytics.charts.anything import labels, swift
from tests.analytics.charts.reading import texts_have_room

values = st.one_of(st.none(), st.integers(0, 9), st.integers(0, 1_000_000))
dates = st.dates(date(2019, 12, 1), date(2026, 12, 1))


@st.composite
def days(draw: st.DrawFn) -> Daily:
    length = draw(st.integers(1, 60) | st.sampled_from([1, 90, 400]))
    first = draw(dates)
    known = tuple(draw(st.lists(values, min_size=length, max_size=length)))
    days = tuple(first + timedelta(days=index) for index in range(length))
    uniques = tuple(None if count is None else draw(st.integers(0, count)) for count in known)
    said = st.lists(st.tuples(st.sampled_from(days), labels), max_size=8).map(tuple)
    return Daily(
        draw(labels),
        draw(labels),
        days,
        known,
        uniques,
        tuple(index >= length - 2 for index in range(length)),
        draw(st.sampled_from(["views per day", "clones per day", ""])),
        draw(st.booleans()),
        draw(said),
        draw(said),
    )


@st.composite
def weeks(draw: st.DrawFn) -> Weekly:
    length = draw(st.integers(1, 60) | st.sampled_from([1, 104, 260]))
    first = draw(dates)
    months = draw(st.booleans())
    starts = tuple(
        date(2020 + index // 12, index % 12 + 1, 1) if months else first + timedelta(weeks=index)
        for index in range(length)
    )
    known, before = (tuple(draw(st.lists(values, min_size=length, max_size=length))) for _ in range(2))
    growing = tuple(index == length - 1 for index in range(length))
    unit = f"views per {'month' if months else 'week'}"
    inside = st.dates(starts[0], starts[-1] + timedelta(days=6))
    said = st.lists(st.tuples(inside, labels), max_size=12).map(tuple)
    lines = draw(st.sampled_from([None, before]))
    return Weekly(draw(labels), "", starts, known, known, lines, unit, growing, draw(said), draw(said))


@st.composite
def rankings(draw: st.DrawFn) -> Ranks:
    length = draw(st.integers(1, 40))
    steps = draw(st.lists(st.integers(1, 40), min_size=length, max_size=length))
    first = draw(dates)
    moments = tuple(first + timedelta(days=sum(steps[:index])) for index in range(length))
    names = draw(st.lists(labels, min_size=1, max_size=10, unique=True))
    places = [draw(st.permutations(range(1, 11))) for _ in range(length)]
    lines = tuple(
        RankLine(
            name,
            tuple(each[index] if draw(st.booleans()) else None for each in places),
            draw(st.one_of(st.none(), st.integers(0, 1_000_000))),
        )
        for index, name in enumerate(names)
    )
    return Ranks(draw(labels), draw(labels), moments, lines)


@st.composite
def multiples(draw: st.DrawFn) -> Multiples:
    length = draw(st.integers(1, 60))
    first = draw(dates)
    every = []
    for name in draw(st.lists(labels, max_size=26)):
        count = draw(st.integers(0, length))
        start = first + timedelta(days=draw(st.integers(0, 9)))
        known = tuple(draw(st.lists(values, min_size=count, max_size=count)))
        every.append(Panel(name, tuple(start + timedelta(days=index) for index in range(count)), known))
    return Multiples(draw(labels), draw(labels), tuple(every), "views per day", draw(st.booleans()))


rhythms = st.builds(
    Rhythm, labels, labels, st.lists(values, min_size=7, max_size=7).map(tuple), st.just("median views")
)
traffic = st.one_of(days(), weeks(), rankings(), multiples(), rhythms)


@given(traffic)
@swift
def test_texts_neither_overlap_nor_leave_the_picture(chart: Chart) -> None:
    texts_have_room(chart, slack=1)
    assert chart.alt
    assert chart.text()
