"""Days nobody knows anything about: shaded, and named so that the shortest gap can be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts.columns import Plot
from analytics.charts.layout import SMALL, Box
from analytics.charts.spans import Dated, listed, span_name

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

NO_DATA = "no data"
ABOVE = 8  # pixels that the shading reaches above the plot
UPRIGHT = 36  # pixels of a gap in which words can stand upright
THIN = 14  # pixels of a gap that needs a darker shade to be seen
LEVEL = 18  # pixels around words that lie within a gap
LONGEST = 520  # pixels of one label for several gaps


@dataclass(slots=True)
class _Cluster:
    """Narrow gaps next to each other, which share a label above the plot."""

    gaps: list[tuple[int, int]]
    left: float
    right: float
    words: str
    width: float


def narrow(canvas: Pen, plot: Plot, data: Dated) -> list[tuple[int, int]]:
    """Return the gaps too narrow for their own words, which are named above the plot."""
    names = data.gap_names(year=data.years)
    return [gap for gap, name in zip(data.gaps, names, strict=True) if not _room(canvas, plot, gap, _say(name))]


def draw_gaps(canvas: Pen, plot: Plot, data: Dated) -> None:
    """Shade every gap; its days are named within it, or above the plot where it is narrow."""
    theme = canvas.theme
    for (first, last), name in zip(data.gaps, data.gap_names(year=data.years), strict=True):
        box = _band(plot, first, last)
        canvas.rect(box, theme.gap if box.width >= THIN else theme.hairline)
        words = _say(name)
        room = _room(canvas, plot, (first, last), words)
        if room == "level":
            canvas.text(box.middle, plot.box.centre, words, SMALL, anchor="middle", centred=True, ground=theme.gap)
        elif room == "upright":
            x = box.middle + SMALL.cap / 2
            y = plot.box.centre + canvas.width(words, SMALL) / 2
            canvas.text(x, y, words, SMALL, angle=90, ground=theme.gap)
    for cluster in _clusters(canvas, plot, data):
        y = plot.box.top - ABOVE
        placed = canvas.place(cluster.left, y - 12, cluster.words, SMALL)
        if canvas.free(placed):
            canvas.write(placed)


def _say(name: str) -> str:
    return f"{NO_DATA} {name}"


def _band(plot: Plot, first: int, last: int) -> Box:
    left, right = round(plot.left(first)), round(plot.left(last + 1))
    return Box(left, plot.box.top - ABOVE, max(right, left + 3), plot.box.bottom)


def _room(canvas: Pen, plot: Plot, gap: tuple[int, int], words: str) -> str:
    """Return how the words fit into the gap: `level`, `upright`, or not at all."""
    width, long = _band(plot, *gap).width, canvas.width(words, SMALL)
    if long + LEVEL <= width:
        return "level"
    return "upright" if width >= UPRIGHT and long + LEVEL <= plot.box.height else ""


def _clusters(canvas: Pen, plot: Plot, data: Dated) -> list[_Cluster]:
    """Return one label per narrow gap; labels that would touch become one for several gaps."""
    clusters: list[_Cluster] = []
    for gap in narrow(canvas, plot, data):
        cluster = _named(canvas, plot, data, [gap])
        while clusters and clusters[-1].right + LEVEL > cluster.left:
            cluster = _named(canvas, plot, data, [*clusters.pop().gaps, *cluster.gaps])
        clusters.append(cluster)
    return clusters


def _named(canvas: Pen, plot: Plot, data: Dated, gaps: list[tuple[int, int]]) -> _Cluster:
    years = data.years
    words = _say(listed([span_name(data.starts[first], data.ends[last], year=years) for first, last in gaps]))
    if canvas.width(words, SMALL) > min(LONGEST, plot.box.width):
        days = sum((data.ends[last] - data.starts[first]).days + 1 for first, last in gaps)
        words = _say(f"on {days} days, {span_name(data.starts[gaps[0][0]], data.ends[gaps[-1][1]], year=years)}")
    words = canvas.cut(words, canvas.area.width, SMALL)
    width = canvas.width(words, SMALL)
    middle = (_band(plot, *gaps[0]).left + _band(plot, *gaps[-1]).right) / 2
    left = max(canvas.area.left, min(middle - width / 2, canvas.area.right - width))
    return _Cluster(gaps, left, left + width, words, width)
