"""Two periods side by side: a line per measure from what it was to what it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts import text
from analytics.charts.layout import DPI, HEAD, LABEL, MARGIN, SMALL, STRONG
from analytics.charts.vega import slope as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

MOST = 16  # lines in one picture
LANE = 92  # pixels of a line's own lane: labels of neighbours never meet
SWING = 54  # pixels that the steepest line rises or falls
TOP = 56  # pixels above the lanes, for the names of the periods
NOTE = 44  # pixels below them, for what a slope means
LEAST_RATIO = 1.5  # the steepest line is drawn as steep as this ratio at least, so that small changes look small
ACROSS = 0.2  # share of the width that lines take at least
DOT, QUIET_DOT = 10, 8  # pixels
THICK, THIN = 2.6, 1.6  # points
GAP, SPACE = 22, 22  # pixels from a dot to its label, and from one label to the next
MOST_SAID = 20  # doublings that are said as a number
NAMED = 6  # clear changes in the alt text
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class SlopeLine:
    """A measure of two periods, None where it is unknown; its values in words with units, and what a test says of it.

    clear: the change is more than chance would bring.
    """

    label: str
    before: float | None
    now: float | None
    before_text: str
    now_text: str
    verdict: str = ""
    clear: bool = False

    @property
    def rise(self) -> float | None:
        """The ratio of now to before as its logarithm of base 2; infinite from or to zero, None where unknown."""
        if self.before is None or self.now is None:
            return None
        if self.before > 0 and self.now > 0:
            return math.log2(self.now) - math.log2(self.before)
        return 0.0 if self.now == self.before else math.copysign(math.inf, self.now - self.before)


@dataclass(frozen=True, slots=True)
class Slope:
    """Measures of any unit before and now; equal slopes are equal ratios. sides: the names of the two periods."""

    title: str
    subtitle: str
    sides: tuple[str, str]
    lines: tuple[SlopeLine, ...]

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        shown = min(len(self.lines), MOST) + (len(self.lines) > MOST) * 0.5
        return (HEAD + TOP + shown * LANE + NOTE + MARGIN) / DPI if self.lines else 1.9

    @property
    def alt(self) -> str:
        """The finding, then every clear change in numbers, and how many are not clear."""
        if not self.lines:
            return f"{self.title}. Nothing in this window."
        clear = [line for line in self.lines if line.clear]
        said = [f"{self.sides[1]} against {self.sides[0]}"]
        said += [f"{_spoken(line)}" for line in clear[:NAMED]]
        said += [f"{number(len(clear) - NAMED)} more clear changes"] if len(clear) > NAMED else []
        others = [line for line in self.lines if not line.clear]
        if others and not clear:
            said += [_spoken(line) for line in others[:NAMED]]
            others = others[NAMED:]
        said += [f"{number(len(others))} more without a clear change"] if others else []
        return text.alt(self.title, said)

    def text(self) -> str:
        """Return the comparison as a table: before, now, and the verdict, clear ones in bold."""
        if not self.lines:
            return "Nothing in this window."
        shown = self.lines[: text.MOST_ROWS]
        rows = [
            [
                text.plain(line.label),
                text.plain(line.before_text) or UNKNOWN,
                text.plain(line.now_text) or UNKNOWN,
                f"**{text.plain(line.verdict)}**" if line.clear and line.verdict else text.plain(line.verdict),
            ]
            for line in shown
        ]
        header = [" ", *(text.plain(side) or " " for side in self.sides), " "]
        return text.table(header, rows, right=(1, 2)) + text.more(len(self.lines) - len(shown))

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw each line in a lane of its own between two columns, what it was at the left, what it is at the right."""
        if not self.lines:
            canvas.nothing()
            return
        area, theme = canvas.area, canvas.theme
        fits = min(MOST, max(1, int((area.height - TOP - NOTE) // (LANE * (0.7 if canvas.compact else 0.95)))))
        shown = self.lines[:fits]
        left_out = len(self.lines) - len(shown)
        lane = min(LANE, (area.height - TOP - NOTE) / (len(shown) + 0.5 * bool(left_out)))
        swing = min(SWING, lane - STRONG.pixels - 8)
        before = min(area.width * 0.14, max(canvas.width(line.before_text or UNKNOWN) for line in shown))
        now = min(area.width * 0.14, max(canvas.width(line.now_text or UNKNOWN, STRONG) for line in shown))
        labels = max(canvas.width(line.label) for line in shown)
        verdicts = max(canvas.width(line.verdict, STRONG) for line in shown)
        rest = area.width * (1 - ACROSS * (0.6 if canvas.compact else 1)) - before - now - 2 * GAP - 2 * SPACE
        if labels + verdicts > rest:  # long words give way, the longer ones first
            labels = max(rest - verdicts, min(labels, 0.6 * rest))
            verdicts = rest - labels
        left = area.left + labels + SPACE + before + GAP
        right = area.right - GAP - now - SPACE - verdicts
        steepest = steepness(shown)
        scale = max(steepest, math.log2(LEAST_RATIO))
        y = area.top + 22
        half = (right - left) / 2 - SPACE / 2  # a period's name may reach to the middle
        said = canvas.cut(self.sides[0], left + half - area.left)
        canvas.text(max(left + DOT, area.left + canvas.width(said)), y, said, anchor="end")
        said = canvas.cut(self.sides[1], area.right - right + half)
        canvas.text(min(right - DOT, area.right - canvas.width(said)), y, said)
        for index, line in enumerate(shown):
            centre = area.top + TOP + (index + 0.5) * lane
            rise = line.rise or 0.0
            half = swing / 2 * max(-1.0, min(1.0, rise / scale))
            ink = theme.blue if line.clear else theme.muted
            start, end = (left, centre + half), (right, centre - half)
            if line.rise is not None:
                canvas.polyline([start, end], ink if line.clear else theme.faint(ink), THICK if line.clear else THIN)
            for known, (x, height) in ((line.before, start), (line.now, end)):
                if known is not None:
                    canvas.dot(x, height, DOT if line.clear else QUIET_DOT, ink)
            canvas.text(area.left, start[1], canvas.cut(line.label, labels), LABEL, theme.ink, centred=True)
            words = canvas.cut(line.before_text or UNKNOWN, before)
            canvas.text(left - GAP, start[1], words, anchor="end", centred=True)
            words = canvas.cut(line.now_text or UNKNOWN, now, STRONG)
            canvas.text(right + GAP, end[1], words, STRONG, theme.blue if line.clear else theme.ink, centred=True)
            type_ = STRONG if line.clear else LABEL
            words = canvas.cut(line.verdict, verdicts, type_)
            canvas.text(right + GAP + now + SPACE, end[1], words, type_, ink, centred=True)
        bottom = area.top + TOP + len(shown) * lane
        if left_out:
            canvas.text(area.left, bottom + lane / 4, f"and {number(left_out)} more", centred=True)
        note = f"equal slopes are equal ratios; the steepest is {factor(steepest)}" if steepest >= 0.05 else ""
        canvas.text(area.left, area.bottom - 4, canvas.cut(note, area.width, SMALL), SMALL)


def steepness(lines: Sequence[SlopeLine]) -> float:
    """Return the steepest finite rise or fall, as a logarithm of base 2."""
    return max((abs(line.rise) for line in lines if line.rise and math.isfinite(line.rise)), default=0.0)


def _spoken(line: SlopeLine) -> str:
    words = f"{line.label} {line.now_text or 'unknown'} (before {line.before_text or 'unknown'})"
    return f"{words}, {line.verdict}" if line.verdict else words


def factor(rise: float) -> str:
    """Return the ratio in words: `a factor of 2.4`."""
    return f"a factor of {number(round(2**rise, 1))}" if rise < MOST_SAID else "more than a millionfold"
