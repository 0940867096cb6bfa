"""Several small pictures in one, each under its own small heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts.chart import Chart
from analytics.charts.layout import DPI, HEAD, HEADING, LABEL, MARGIN, Box
from analytics.charts.vega import panels as interactive
from analytics.charts.vega.parts import Spec

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

GUTTER = 56  # pixels between two panels
HEADING_LINE = 40
TOP = 2 * HEADING_LINE + 26  # pixels of a panel's heading of one line and its subtitle
PLOT = 390  # pixels of a panel's chart


@dataclass(frozen=True, slots=True)
class Panels:
    """A composite of charts in two columns; each chart's title becomes its small heading; an odd last one is wide."""

    title: str
    subtitle: str
    charts: tuple[Chart, ...]

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        rows = (len(self.charts) + 1) // 2
        return (HEAD + rows * (TOP + PLOT) + max(0, rows - 1) * GUTTER + MARGIN) / DPI if rows else 1.9

    @property
    def alt(self) -> str:
        """The finding and each panel's alt text."""
        said = " ".join(chart.alt for chart in self.charts) or "Nothing in this window."
        return f"{self.title}. {said}"

    def text(self) -> str:
        """Return every panel's table under its title in bold."""
        return "\n\n".join(f"**{chart.title}**\n\n{chart.text()}" for chart in self.charts) or "Nothing in this window."

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw each chart in its cell, below a hairline and its heading."""
        if not self.charts:
            canvas.nothing()
            return
        cells = list(zip(self.charts, self._cells(canvas.area), strict=True))
        headings = [canvas.wrap(chart.title, box.width, HEADING) for chart, box in cells]
        for index, (chart, box) in enumerate(cells):
            canvas.rule(box.left, box.right, box.top)
            y = box.top + 10.0
            for line in headings[index]:
                y += HEADING_LINE
                canvas.text(box.left, y, line, HEADING, canvas.theme.ink)
            canvas.text(box.left, y + HEADING_LINE - 4, canvas.cut(chart.subtitle, box.width), LABEL)
            # Neighbours begin at the same height, below the longer of their headings.
            row = index // 2 * 2
            lines = max(len(heading) for heading in headings[row : row + 2])
            top = box.top + (lines + 1) * HEADING_LINE + 26
            chart.draw(canvas.part(Box(box.left, top, box.right, box.bottom)))

    def _cells(self, area: Box) -> Iterator[Box]:
        wide = (area.width - GUTTER) / 2
        tall = TOP + PLOT
        for index in range(len(self.charts)):
            top = area.top + index // 2 * (tall + GUTTER)
            left = area.left + index % 2 * (wide + GUTTER)
            alone = index % 2 == 0 and index == len(self.charts) - 1
            yield Box(left, top, area.right if alone else left + wide, top + tall)
