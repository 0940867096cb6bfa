"""Words at bars and ticks below them, each where nothing else stands."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from analytics.charts.columns import Plot
from analytics.charts.layout import LABEL, SMALL, Box, Placed

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

CLEAR = 12  # pixels between a bar and the words above it
BESIDE = 8  # pixels between a bar and the words at its side
SIDES = {"above": 0, "right": 40, "left": 45}  # where words stand, and how many pixels nearer they must be for it
STEP = 8  # pixels by which words move up where something stands
LED = 22  # pixels above its bar from which on words need a line down to it
LONGEST = 560  # pixels of a note
WORDS = 24  # pixels between two notes on one line, so that they are not read as one
APART = 11  # pixels between two names of marks
TICK = 9  # half the width of a mark's triangle
MARKS = 44  # pixels below the plot for marks and their names
LONGEST_MARK = 180


def draw_notes(
    canvas: Pen,
    plot: Plot,
    tops: Sequence[float],
    notes: Sequence[tuple[int, str]],
    *,
    counts: Sequence[int | None],
    must: int,
) -> None:
    """Write each note (bucket, words) at its bar, the highest bars first; what has no free place is left out.

    tops: the y above which each bucket is empty · counts: of each bucket, so that a line from distant words ends at the
    bar and not at what is drawn above it; empty where figures stand on the bars · must: the bucket whose note comes
    first and is never left out.
    """
    lines: list[Box] = []  # from words down to their bars; no other words may stand on them
    for index, words in sorted(notes, key=lambda note: (note[0] != must, tops[note[0]], note[0])):
        shown = canvas.cut(words, min(LONGEST, canvas.area.width), LABEL)
        own = tops[index] - CLEAR
        places = [
            (_free_place(canvas, plot, tops, index, (shown, side), lines=lines), cost) for side, cost in SIDES.items()
        ]
        found = [(abs(own - placed.y) + cost, placed) for placed, cost in places if placed is not None]
        if not found and index == must:
            found = [(0.0, placed) for placed in [_in_lane(canvas, plot, index, shown)] if placed is not None]
        if not found:
            continue
        best = min(found, key=lambda each: each[0])[1]
        canvas.rect(best.box.inside(left=-3, right=-3), canvas.theme.background)
        count = counts[index] if counts else None
        foot = plot.top(count) if count else tops[index]
        if foot - best.y > LED and not _crosses(canvas, plot.middle(index), best.y, foot):
            line = Box(plot.middle(index) - 4, best.y + CLEAR - 2, plot.middle(index) + 4, foot - 4)
            canvas.stem(line.middle, line.top, line.bottom, canvas.theme.muted)
            lines.append(line)
        canvas.write(best)


def _free_place(
    canvas: Pen, plot: Plot, tops: Sequence[float], index: int, note: tuple[str, str], *, lines: Sequence[Box]
) -> Placed | None:
    """Return the lowest free place above a bar, or beside its top, of a note (words, side); None if there is none."""
    words, side = note
    width = canvas.width(words, LABEL)
    middle, (bar_left, bar_right) = plot.middle(index), plot.bar(index)
    left = {"above": middle - width / 2, "right": bar_right + BESIDE, "left": bar_left - BESIDE - width}[side]
    if side == "above":
        ends = (plot.box.left, max(plot.right, plot.box.right))
        ends = ends if width <= ends[1] - ends[0] else (canvas.area.left, canvas.area.right)
        left = max(ends[0], min(left, ends[1] - width))
    elif left < plot.box.left or left + width > max(plot.right, plot.box.right):
        return None
    first = max(0, int((left - 2 - plot.box.left) // plot.slot))
    last = min(plot.buckets - 1, int((left + width + 2 - plot.box.left) // plot.slot))
    below = [tops[each] for each in range(first, last + 1) if each != index or side == "above"]
    lowest = tops[index] - CLEAR if side == "above" else tops[index] + LABEL.cap
    y = min([lowest, *(top - CLEAR for top in below)])
    while y - LABEL.cap >= canvas.area.top - BESIDE:
        placed = canvas.place(left, y, words, LABEL, canvas.theme.ink)
        covers = any(_touch(placed.box, line) for line in lines)
        if not covers and not _near(canvas, placed, 4, WORDS) and not _crosses(canvas, middle, y, tops[index]):
            return placed
        y -= STEP
    return None


def _touch(one: Box, other: Box) -> bool:
    return one.left < other.right and other.left < one.right and one.top < other.bottom and other.top < one.bottom


def _in_lane(canvas: Pen, plot: Plot, index: int, words: str) -> Placed | None:
    """Return the free place above the plot nearest to a bucket, though no line down to its bar may be possible."""
    width = canvas.width(words, LABEL)
    right = max(plot.right, plot.box.right) if width <= plot.box.width else canvas.area.right
    first = min(plot.box.left, right - width)
    wanted = min(max(plot.middle(index) - width / 2, first), right - width)
    y = plot.box.top - CLEAR
    while y - LABEL.cap >= canvas.area.top - BESIDE:
        steps = range(int((right - width - first) // STEP) + 1)
        for left in sorted((wanted, *(first + STEP * step for step in steps)), key=lambda left: abs(left - wanted)):
            placed = canvas.place(left, y, words, LABEL, canvas.theme.ink)
            if not _near(canvas, placed, 4, WORDS):
                return placed
        y -= STEP
    return None


def _crosses(canvas: Pen, x: float, top: float, bottom: float) -> bool:
    """Return whether a line down to the bar would run through words."""
    return any(
        other.box.left - 4 < x < other.box.right + 4 and top < other.box.bottom and other.box.top < bottom
        for other in canvas.written
        if not other.angle
    )


def draw_marks(canvas: Pen, plot: Plot, marks: Sequence[tuple[int, str]], most: int | None = None) -> None:
    """Draw a small triangle below the baseline at each mark (bucket, name), and the names that fit, latest first.

    most: so many names at most, spread over the whole span.
    """
    ink = canvas.theme.violet
    y = plot.box.bottom + 5
    for index in sorted({index for index, _ in marks}):
        x = plot.middle(index)
        canvas.polygon([(x, y), (x + TICK, y + 1.5 * TICK), (x - TICK, y + 1.5 * TICK)], ink)
    left_to_name = len(marks) if most is None else most
    for index, name in sorted(marks, reverse=True) if most is None else _spread(marks):
        if not left_to_name:
            break
        words = canvas.cut(name, LONGEST_MARK, SMALL)
        width, x = canvas.width(words, SMALL), plot.middle(index)
        for left in (x - width / 2, x + TICK - width, x - TICK):  # below its tick, or to one side of it
            inside = max(canvas.area.left, min(left, canvas.area.right - width))
            placed = canvas.place(inside, y + MARKS - 6, words, SMALL, ink)
            if words and not _near(canvas, placed, APART):
                canvas.write(placed)
                left_to_name -= 1
                break


def _spread(marks: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the last mark of each bucket: the latest first, then each time the one farthest from all before."""
    names = dict(marks)
    apart = dict.fromkeys(sorted(names, reverse=True), math.inf)
    while apart:
        index = max(apart, key=lambda each: apart[each])
        del apart[index]
        yield index, names[index]
        apart = {each: min(distance, abs(each - index)) for each, distance in apart.items()}


def _near(canvas: Pen, placed: Placed, distance: float, beside: float | None = None) -> bool:
    """Return whether other words stand within `distance` pixels; beside: to the left or right of it."""
    across = distance if beside is None else beside
    box = placed.box.inside(left=-across, top=-distance, right=-across, bottom=-distance)
    return not canvas.free(Placed(placed.text, placed.type, box.left, placed.y, box, placed.ink, placed.ground))
