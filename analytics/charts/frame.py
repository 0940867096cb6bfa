"""What charts with a value axis share: hairlines with their figures, unknown spans, labels in the right margin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from analytics.charts.layout import LABEL, SMALL, STRONG, Box
from analytics.words import decimal, number

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

AXIS = 52  # pixels below the plot for the labels of its horizontal axis
LANE = 46  # pixels above the plot for a remark on its highest point
SIDE = 230  # widest direct label in the right margin
LINE = 34  # pixels from one line of a direct label to the next


def short(value: float) -> str:
    """Return a count in few characters: `1,234`, `12k`, `1.2M`."""
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            scaled = value / (1e3 if unit == "k" else size)
            digits = 0 if scaled >= 10 or f"{scaled:.1f}".endswith(".0") else 1
            return decimal(scaled, digits, grouped=False) + unit
    return number(value)


def brief(value: float) -> str:
    """Return a count in at most four characters: `999`, `1.2k`, `12k`, `1.2M`."""
    return short(value) if abs(value) < 1e3 or abs(value) >= 1e4 else f"{decimal(value / 1e3, 1)}k"


def marks_width(canvas: Pen, marks: Sequence[float]) -> float:
    """Return the room that the figures of a value axis need, with their distance to the plot."""
    return max((canvas.width(label) for label in mark_labels(marks)), default=0) + 14


def mark_labels(marks: Sequence[float]) -> list[str]:
    """Return the marks' figures, short unless two marks would look the same; mirrored marks lose their sign."""
    sizes = [abs(mark) for mark in marks]
    briefly = [short(size) for size in sizes]
    for digits in range(6):
        if len(set(briefly)) == len(set(sizes)):
            break
        briefly = [decimal(size, digits) for size in sizes]
    return briefly


def value_axis(canvas: Pen, plot: Box, marks: Sequence[float], place: Callable[[float], float]) -> None:
    """Draw a hairline and its figure at each mark."""
    for mark, label in zip(marks, mark_labels(marks), strict=True):
        canvas.rule(plot.left, plot.right, place(mark))
        canvas.text(plot.left - 14, place(mark), label, anchor="end", centred=True)


def unknown_span(canvas: Pen, box: Box) -> None:
    """Shade a span without data, and say so where there is room."""
    theme = canvas.theme
    canvas.rect(box, theme.gap)
    for words in ("no data", "?"):
        if canvas.width(words, SMALL) + 8 <= box.width:
            canvas.text(
                box.middle, box.top + 30, words, SMALL, theme.muted, anchor="middle", ground=theme.gap
            )  # fmt: skip
            return


def side_width(canvas: Pen, labels: Sequence[Sequence[str]]) -> float:
    """Return the room that direct labels (lines of each) need in the right margin."""
    most = SIDE if not canvas.compact else 130
    return min(most, max((canvas.width(line, STRONG) for label in labels for line in label), default=0)) + 18


def side_label(canvas: Pen, x: float, middle: float, lines: Sequence[str], *, ink: str, room: float) -> None:
    """Write the lines of a direct label to the right of `x`, together centred on `middle`."""
    top = middle - (len(lines) - 1) * LINE / 2
    for index, line in enumerate(lines):
        canvas.text(x, top + index * LINE, canvas.cut(line, room, STRONG), STRONG, ink, centred=True)


def apart(wanted: Sequence[float], distance: float, low: float, high: float) -> list[float]:
    """Return positions near the wanted ones, in their order, at least `distance` apart and within [low, high].

    When there is not room for all, they are spread evenly.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    distance = min(distance, (high - low) / max(1, len(wanted) - 1)) if len(wanted) > 1 else distance
    placed: list[float] = []
    for index in order:
        placed.append(max(min(max(wanted[index], low), high), placed[-1] + distance if placed else low))
    limit = high
    for position in range(len(placed) - 1, -1, -1):
        placed[position] = min(placed[position], limit)
        limit = placed[position] - distance
    result = [0.0] * len(wanted)
    for position, index in enumerate(order):
        result[index] = placed[position]
    return result


def remark(canvas: Pen, x: float, y: float, words: str, *, ends: tuple[float, float]) -> None:
    """Write a remark centred on `x` with its baseline at `y`, kept between `ends`; left out where it would collide."""
    half = canvas.width(words, LABEL) / 2
    if 2 * half > ends[1] - ends[0]:
        return
    placed = canvas.place(
        min(max(x, ends[0] + half), ends[1] - half), y, words, LABEL, canvas.theme.ink, anchor="middle"
    )
    if canvas.free(placed):
        canvas.write(placed)
