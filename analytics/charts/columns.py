"""Columns of dated counts: a pale bar per bucket, its uniques as the darker foot, hatched while it may still grow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts.frame import LINE, SIDE, apart
from analytics.charts.layout import STRONG, Box
from analytics.charts.spans import Dated
from analytics.charts.theme import Theme, mix

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

WIDEST = 190  # pixels of a bucket: a single one is a bar, not a wall
NARROW = 5  # pixels of a bucket below which its bar touches its neighbours: a comb of single pixels would flicker
SMALLEST, SMALLEST_FOOT = 5, 3  # pixels: one is visible beside a million
HATCHED = 9  # pixels of a bar that diagonal stripes need; narrower ones get level stripes
STRIPE = 3  # pixels of a level stripe and of the space to the next
PALE, DARK = 0.36, 0.72  # share of the accent that a bar and its foot keep
MOST_CUT = 2  # bars that may be cut off so that the others can be seen
TOWERING = 4  # times the next highest bar: what is cut off
LEAST_TALL = 5  # counts: among still smaller ones nothing towers
BREAK = 18  # pixels below the top at which a bar that was cut off is broken
SWATCH = 18  # pixels of the little square beside a label in the margin


@dataclass(frozen=True, slots=True)
class Plot:
    """The ground of dated columns: its box, how many buckets, the value at its top.

    A value above `most` is cut off there.
    """

    box: Box
    buckets: int
    most: float

    @property
    def slot(self) -> float:
        """Pixels from one bucket to the next."""
        return min(WIDEST, self.box.width / self.buckets)

    @property
    def right(self) -> float:
        """Where the last bucket ends."""
        return self.left(self.buckets)

    def left(self, index: float) -> float:
        """Return the x at which a bucket begins."""
        return self.box.left + index * self.slot

    def middle(self, index: int) -> float:
        """Return the middle of a bucket's bar."""
        left, right = self.bar(index)
        return (left + right) / 2

    def bar(self, index: int) -> tuple[int, int]:
        """Return a bar's left and right, whole pixels; narrow bars touch each other."""
        left, right = round(self.left(index)), round(self.left(index + 1))
        if self.slot < NARROW:
            return left, max(left + 1, right)
        space = max(1, round(self.slot * 0.2))
        return left + space // 2, right - (space - space // 2)

    def height(self, value: float) -> float:
        """Return the y of a value, at most the top."""
        return self.raw(min(value, self.most))

    def raw(self, value: float) -> float:
        """Return the y of a value, also beyond the plot."""
        return self.box.bottom - self.box.height * value / self.most

    def top(self, value: int, smallest: int = SMALLEST) -> int:
        """Return the y at which the bar of a value ends: anything above zero can be seen."""
        return min(round(self.height(value)), round(self.box.bottom) - smallest) if value else round(self.box.bottom)


def ceiling(counts: Sequence[int]) -> float:
    """Return the value at the top of the plot: the highest count, unless one or two tower and would hide the rest."""
    ordered = sorted(counts, reverse=True)
    for cut in range(1, MOST_CUT + 1):
        if len(ordered) > 7 * cut and ordered[cut - 1] >= TOWERING * ordered[cut] >= TOWERING * LEAST_TALL:
            return ordered[cut] * 1.25
    return ordered[0]


def pale(theme: Theme) -> str:
    """Return the colour of bars."""
    return mix(theme.background, theme.blue, PALE)


def dark(theme: Theme) -> str:
    """Return the colour of uniques, at the foot of bars."""
    return mix(theme.background, theme.blue, DARK)


def draw_columns(canvas: Pen, plot: Plot, data: Dated) -> None:
    """Draw every known bucket's bar and its foot; a zero is an empty place on the baseline."""
    theme = canvas.theme
    for index, count in enumerate(data.counts):
        if not count:
            continue
        left, right = plot.bar(index)
        growing = data.provisional[index]
        box = Box(left, plot.top(count), right, round(plot.box.bottom))
        bar(canvas, box, pale(theme), growing=growing)
        uniques = data.uniques[index]
        if uniques:
            top = max(plot.top(uniques, SMALLEST_FOOT), box.top)
            bar(canvas, Box(left, top, right, box.bottom), dark(theme), growing=growing)
        if count > plot.most:
            _broken(canvas, box)


def bar(canvas: Pen, box: Box, colour: str, *, growing: bool) -> None:
    """Fill a bar, with stripes while it may still grow."""
    if not growing:
        canvas.rect(box, colour)
    elif box.width >= HATCHED:
        canvas.rect(box, colour, hatched=True)
    else:
        canvas.rect(box, mix(canvas.theme.background, colour, 0.25))
        y = box.bottom
        while y > box.top:
            canvas.rect(Box(box.left, max(box.top, y - STRIPE), box.right, y), colour)
            y -= 2 * STRIPE


def _broken(canvas: Pen, box: Box) -> None:
    """Interrupt a bar that is longer than drawn."""
    slant = min(10.0, box.width / 3)
    for y in (box.top + BREAK, box.top + 2 * BREAK):
        edge = [(box.left, y + slant), (box.right, y - slant), (box.right, y - slant + 7), (box.left, y + slant + 7)]
        canvas.polygon(edge, canvas.theme.background)


@dataclass(frozen=True, slots=True)
class Key:
    """A direct label in the right margin: where it would like to stand, its words (long, short), ink and swatch."""

    y: float
    words: tuple[str, str]
    ink: str
    swatch: str | None = None
    hatched: bool = False


def keys_width(canvas: Pen, keys: Sequence[Key]) -> float:
    """Return the room that the labels need in the right margin."""
    most = max((canvas.width(_words(canvas, key), STRONG) + _indent(key) for key in keys), default=-18.0)
    return min(SIDE + SWATCH, most) + 18


def draw_keys(canvas: Pen, x: float, keys: Sequence[Key], *, top: float, bottom: float, room: float) -> None:
    """Write the labels to the right of `x` near where they belong, none upon another, each in at most `room` pixels."""
    spots = apart([key.y for key in keys], LINE + 6, top + LINE / 2, bottom - LINE / 2)
    x = round(x)
    for key, y in zip(keys, spots, strict=True):
        if key.swatch:
            box = Box(x, round(y) - SWATCH / 2, x + SWATCH, round(y) + SWATCH / 2)
            canvas.rect(box, key.swatch, hatched=key.hatched)
        words = canvas.cut(_words(canvas, key), room - _indent(key), STRONG)
        canvas.text(x + _indent(key), y, words, STRONG, key.ink, centred=True)


def _words(canvas: Pen, key: Key) -> str:
    return key.words[canvas.compact]


def _indent(key: Key) -> float:
    return SWATCH + 10 if key.swatch else 0.0
