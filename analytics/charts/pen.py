"""What charts say to a canvas without caring how it draws: texts in their places, hairlines, words that fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Literal, TypedDict, Unpack

from analytics.charts.fitting import cut, tail, wrap
from analytics.charts.layout import LABEL, Box, Placed, Type
from analytics.charts.theme import Theme

NOTHING = "Nothing in this window"


class Setting(TypedDict, total=False):
    """How a text stands at its place.

    anchor: which end of it is at x · centred: its capitals are centred on y, instead of its baseline lying there ·
    angle: degrees it is turned by, counter-clockwise around its start · ground: the colour it stands on, if not the
    background.
    """

    anchor: Literal["start", "middle", "end"]
    centred: bool
    angle: float
    ground: str


class Pen(ABC):
    """What charts draw with: `area` is free for the chart; `compact` asks for the short form of a panel.

    What is drawn on knows how to spell, measure and write a text, and a few shapes; the rest follows from these.
    """

    area: Box
    theme: Theme
    written: list[Placed]
    compact: bool

    @abstractmethod
    def shown(self, text: str) -> str:
        """Return `text` as it is drawn, with something to read in place of characters that no font has."""

    @abstractmethod
    def measure(self, text: str, type_: Type) -> tuple[float, float, float]:
        """Return width, height above and depth below the baseline of `text`, in pixels."""

    @abstractmethod
    def write(self, placed: Placed) -> None:
        """Write a text where it was placed."""

    @abstractmethod
    def rect(self, box: Box, colour: str, *, hatched: bool = False) -> None:
        """Fill `box`, snapped to whole pixels; hatched: pale with stripes, for what may still change."""

    @abstractmethod
    def polyline(self, points: Sequence[tuple[float, float]], colour: str, weight: float) -> None:
        """Draw a line through `points` with round joins, `weight` points wide."""

    @abstractmethod
    def polygon(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill the area within `points`."""

    @abstractmethod
    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """Draw a filled circle."""

    @abstractmethod
    def within(self, area: Box, *, compact: bool = False) -> Pen:
        """Return a pen for `area` on the same sheet."""

    def part(self, area: Box) -> Pen:
        """Return a pen for a panel within `area`."""
        return self.within(area, compact=True)

    def rule(self, left: float, right: float, y: float, colour: str | None = None) -> None:
        """Draw a horizontal hairline of two pixels, centred on `y`."""
        self.rect(Box(left, round(y) - 1, right, round(y) + 1), colour or self.theme.hairline)

    def stem(self, x: float, top: float, bottom: float, colour: str) -> None:
        """Draw a vertical hairline of two pixels, centred on `x`."""
        self.rect(Box(round(x) - 1, top, round(x) + 1, bottom), colour)

    def width(self, text: str, type_: Type = LABEL) -> float:
        """Return how wide `text` is, in pixels."""
        return self.measure(text, type_)[0]

    def cut(self, text: str, room: float, type_: Type = LABEL) -> str:
        """Return `text`, or as much of it as fits into `room` pixels with an ellipsis."""
        return cut(self.shown(text), room, lambda part: self.width(part, type_))

    def wrap(self, text: str, room: float, type_: Type = LABEL) -> list[str]:
        """Return `text` in at most two lines of `room` pixels."""
        return wrap(self.shown(text), room, lambda part: self.width(part, type_))

    def tail(self, text: str, room: float, type_: Type = LABEL) -> str:
        """Return `text` cut to `room` pixels: a path keeps its end, others their beginning."""
        return tail(self.shown(text), room, lambda part: self.width(part, type_))

    def place(
        self, x: float, y: float, text: str, type_: Type = LABEL, ink: str | None = None, **setting: Unpack[Setting]
    ) -> Placed:
        """Return where `text` would stand: its baseline at `y`, in muted ink unless another is given."""
        width, above, below = self.measure(text, type_)
        left = round(x - {"start": 0.0, "middle": width / 2, "end": width}[setting.get("anchor", "start")])
        base = round(y + type_.cap / 2 if setting.get("centred") else y)
        box = Box(left, base - above, left + width, base + below)
        ground = setting.get("ground") or self.theme.background
        return Placed(text, type_, left, base, box, ink or self.theme.muted, ground, setting.get("angle", 0))

    def free(self, placed: Placed) -> bool:
        """Return whether no text stands there yet."""
        return not any(placed.overlaps(other) for other in self.written)

    def text(
        self, x: float, y: float, text: str, type_: Type = LABEL, ink: str | None = None, **setting: Unpack[Setting]
    ) -> None:
        """Place and write `text`; see `place`."""
        self.write(self.place(x, y, text, type_, ink, **setting))

    def nothing(self, words: str = NOTHING) -> None:
        """Say that there is nothing to show, where the chart would be."""
        self.rule(self.area.left, self.area.right, self.area.bottom)
        room = self.area.width - 20
        self.text(self.area.middle, self.area.centre, self.cut(words, room), anchor="middle", centred=True)
