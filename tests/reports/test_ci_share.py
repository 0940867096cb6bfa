"""For which spans of days the workflow runs are counted."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.metric import Cell, Grid, Measured
from reports.answer import Section
from reports.ci_share import Span, spans

NOV = tuple(date(2026, 11, number) for number in range(1, 31))
BURST = (NOV[2], NOV[3])  # 3 November


def section(*clones: int | None) -> Section:
    """Return traffic from 2 November on; the views of the 2nd and the clones of the 3rd stand out."""
    days: tuple[tuple[Cell, ...], ...] = tuple(
        (day.isoformat(), count) for day, count in zip(NOV[1:], clones, strict=False)
    )
    unusual = Grid(("day", "kind"), (("2026-11-02", "views"), ("2026-11-03", "clones")) if days else ())
    now = Measured({}, {"per_day": Grid(("day", "clones"), days), "unusual": unusual})
    return Section("traffic", "Traffic", "", "", (), now, None)


@pytest.mark.parametrize(
    ("clones", "wanted"),
    [
        ((4, 90, 0), [(NOV[1], NOV[4]), BURST]),
        ((4, 90, None), [BURST]),  # an unknown day: no share of the window, yet the burst has its cause
        ((None, 90, 5), [BURST]),
        ((), []),
    ],
)
def test_spans(clones: tuple[int | None, ...], wanted: list[Span]) -> None:
    assert list(spans(section(*clones))) == wanted
