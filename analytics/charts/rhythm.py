"""One value per day of the week: the rhythm that traffic keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts import buckets, text
from analytics.charts.buckets import Buckets
from analytics.charts.columns import pale
from analytics.charts.frame import AXIS, short
from analytics.charts.gaps import NO_DATA
from analytics.charts.layout import LABEL, SMALL, STRONG, Box
from analytics.charts.vega import rhythm as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import number

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FIGURE = 40  # pixels above the highest bar for its figure
SMALLEST = 5  # pixels of a bar
THICK = 0.72  # share of a day's place that its bar takes


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seven values, Monday to Sunday, such as median views per weekday; None is unknown, never zero."""

    title: str
    subtitle: str
    values: tuple[float | None, ...]
    unit: str

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        return 3.0 if any(self.known) else 1.9

    @property
    def known(self) -> list[float]:
        """The values that are known."""
        return [value for value in self.values if value is not None]

    @property
    def alt(self) -> str:
        """The finding and the value of every day of the week."""
        if not self.known:
            return f"{self.title}. Nothing in this window."
        said = ", ".join(
            f"{day} {'unknown' if value is None else number(value)}"
            for day, value in zip(WEEKDAYS, self.values, strict=False)
        )
        return text.alt(self.title, [f"{self.unit or 'Values'}: {said}"])

    def text(self) -> str:
        """Return a chart in Mermaid with a bar per day of the week; an unknown one is left out and said to be."""
        if not self.known:
            return "Nothing in this window."
        short_names = tuple(day[:3] for day in WEEKDAYS)
        return buckets.block(Buckets(short_names, self.values), self.unit)

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw seven bars with a figure each, the highest in the accent; an unknown day is shaded and says so."""
        if not any(self.known):
            canvas.nothing()
            return
        area, theme = canvas.area, canvas.theme
        most = max(self.known)
        plot = Box(area.left, area.top + FIGURE, area.right, area.bottom - AXIS)
        canvas.rule(plot.left, plot.right, plot.bottom)
        pitch = plot.width / len(WEEKDAYS)
        for index, (day, value) in enumerate(zip(WEEKDAYS, self.values, strict=False)):
            middle = plot.left + (index + 0.5) * pitch
            left, right = round(middle - pitch * THICK / 2), round(middle + pitch * THICK / 2)
            name = day if canvas.width("Wednesday") + 12 <= pitch else day[:3]
            canvas.text(middle, area.bottom - 6, name, anchor="middle")
            if value is None:
                box = Box(left, plot.top, right, plot.bottom)
                canvas.rect(box, theme.gap)
                words = NO_DATA if canvas.width(NO_DATA, SMALL) + 8 <= box.width else "?"
                canvas.text(middle, plot.centre, words, SMALL, anchor="middle", centred=True, ground=theme.gap)
                continue
            finding = value == most
            top = min(plot.bottom - plot.height * value / most, plot.bottom - SMALLEST) if value > 0 else plot.bottom
            canvas.rect(Box(left, round(top), right, plot.bottom), theme.blue if finding else pale(theme))
            ink = theme.blue if finding else theme.muted
            words = canvas.cut(short(value), pitch - 6, STRONG)
            canvas.text(middle, round(top) - 12, words, STRONG if finding else LABEL, ink, anchor="middle")
