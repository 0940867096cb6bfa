"""Boxes of a picture in pixels, from its upper left corner."""

from __future__ import annotations

import math
from dataclasses import dataclass

DPI = 200
WIDTH = 1480  # 7.4 in
MARGIN = 33
TITLE_LINE = 52  # pixels from one line of a title to the next
SUBTITLE_LINE = 40
HEAD = 160  # where the chart begins below a title and a subtitle of one line each


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle, pixels from the picture's upper left corner; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def centre(self) -> float:
        """The height halfway between top and bottom."""
        return (self.top + self.bottom) / 2

    def inside(self, *, left: float = 0, top: float = 0, right: float = 0, bottom: float = 0) -> Box:
        """Return the box that is smaller by these margins."""
        return Box(self.left + left, self.top + top, self.right - right, self.bottom - bottom)


@dataclass(frozen=True, slots=True)
class Type:
    """A size of Source Sans in points, regular or semibold."""

    size: float
    bold: bool = False

    @property
    def pixels(self) -> float:
        """The size in pixels."""
        return self.size * DPI / 72

    @property
    def cap(self) -> float:
        """The height of capitals and figures, in pixels."""
        return 0.66 * self.pixels


TITLE = Type(14.5, bold=True)
HEADING = Type(11, bold=True)
SUBTITLE = Type(10.5)
LABEL = Type(10)
STRONG = Type(10, bold=True)
SMALL = Type(9)
TINY = Type(8)


@dataclass(frozen=True, slots=True)
class Placed:
    """A text in its place: it begins at (x, y) on its baseline; `box` is its extent before it is turned there."""

    text: str
    type: Type
    x: float
    y: float
    box: Box
    ink: str
    ground: str
    angle: float = 0

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The four corners as drawn."""
        turn = -math.radians(self.angle)  # counter-clockwise for an eye, clockwise where y grows downwards
        cos, sin = math.cos(turn), math.sin(turn)
        sides = (
            (self.box.left, self.box.top),
            (self.box.right, self.box.top),
            (self.box.right, self.box.bottom),
            (self.box.left, self.box.bottom),
        )
        return tuple(
            (self.x + (a - self.x) * cos - (b - self.y) * sin, self.y + (a - self.x) * sin + (b - self.y) * cos)
            for a, b in sides
        )

    def overlaps(self, other: Placed) -> bool:
        """Return whether the two rectangles share more than an edge (separating axis theorem)."""
        for angle in {self.angle, self.angle + 90, other.angle, other.angle + 90}:
            axis = math.cos(math.radians(angle)), -math.sin(math.radians(angle))
            low_a, high_a = _shadow(self.corners, axis)
            low_b, high_b = _shadow(other.corners, axis)
            if high_a <= low_b + 0.01 or high_b <= low_a + 0.01:
                return False
        return True


def _shadow(corners: tuple[tuple[float, float], ...], axis: tuple[float, float]) -> tuple[float, float]:
    reach = [x * axis[0] + y * axis[1] for x, y in corners]
    return min(reach), max(reach)
