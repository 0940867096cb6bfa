"""People or things by size: one horizontal bar each, longest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.charts import mermaid, text
from analytics.charts.layout import DPI, HEAD, LABEL, MARGIN, STRONG, Box
from analytics.charts.vega import ranked as interactive
from analytics.charts.vega.parts import Spec
from analytics.words import number, plural

if TYPE_CHECKING:
    from analytics.charts.pen import Pen

MOST = 15  # bars in one picture
ROW = 50  # pixels
NAMED = 3  # rows that the alt text names


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One bar: whose it is, how long, and a few words beside the number."""

    label: str
    value: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Horizontal bars in the given order.

    unit: what the values count, such as "commits" · accent: how many of the first rows are the finding.
    """

    title: str
    subtitle: str
    rows: tuple[RankedRow, ...]
    unit: str
    accent: int = 1

    @property
    def height(self) -> float:
        """Inches, with title and subtitle of one line each."""
        shown = min(len(self.rows), MOST) + (len(self.rows) > MOST)
        return max(1.9, (HEAD + shown * ROW + MARGIN + 10) / DPI)

    @property
    def alt(self) -> str:
        """The finding, the first rows' numbers, and the sum of the others."""
        if not self.rows:
            return f"{self.title}. Nothing in this window."
        first = ", ".join(f"{row.label} {number(row.value)}" for row in self.rows[:NAMED])
        rest = self.rows[NAMED:]
        others = f"; {plural(len(rest), 'other')} {number(sum(row.value for row in rest))}" if rest else ""
        return text.alt(self.title, [f"{self.unit}: {first}{others}"])

    def text(self) -> str:
        """Return a chart in Mermaid with a bar, its name, its figure and its note for each of the first rows."""
        if not self.rows:
            return "Nothing in this window."
        shown = self.rows[: text.MOST_ROWS]
        names = [mermaid.named(row.label, row.value) for row in shown]
        drawn = mermaid.chart(names, bars=[row.value for row in shown], unit=self.unit, level=True)
        noted: dict[str, list[str]] = {}
        for row in shown:
            noted.setdefault(row.note, []).append(text.name(row.label))
        said = [f"{text.plain(note)}: {', '.join(labels)}" for note, labels in noted.items() if note]
        below = "\n\n" + "; ".join(said) if said else ""
        return drawn + text.more(len(self.rows) - len(shown)) + below

    def spec(self) -> Spec:
        """Return the same as an interactive chart."""
        return interactive.spec(self)

    def draw(self, canvas: Pen) -> None:
        """Draw as many bars as fit, with name, figure and note; what is left is said in one line."""
        if not self.rows:
            canvas.nothing()
            return
        area, theme = canvas.area, canvas.theme
        fits = min(MOST, max(1, int((area.height + 4) // (ROW - 8))))
        shown = self.rows[: fits if len(self.rows) <= fits else max(1, fits - 1 if fits < MOST else fits)]
        lines = len(shown) + (len(shown) < len(self.rows))
        pitch = min(ROW, area.height / lines)
        names = min(area.width * 0.32, max(canvas.width(row.label) for row in shown))
        left = area.left + names + 16
        figures = max(canvas.width(number(row.value), STRONG) for row in shown)
        notes = min(area.width * 0.22, max(canvas.width(row.note) for row in shown))
        room = area.right - left - figures - 14 - (notes + 14 if notes else 0)
        most = max(row.value for row in self.rows)
        for index, row in enumerate(shown):
            y = area.top + (index + 0.5) * pitch
            finding = index < self.accent or not self.accent
            canvas.text(left - 16, y, canvas.cut(row.label, names), LABEL, theme.ink, anchor="end", centred=True)
            long = max(3.0, room * row.value / most) if row.value > 0 else 0.0
            colour = theme.blue if finding else theme.faint(theme.blue)
            canvas.rect(Box(left, round(y - pitch * 0.34), left + long, round(y + pitch * 0.34)), colour)
            x = left + long + 14
            canvas.text(x, y, number(row.value), STRONG, theme.blue if finding else theme.ink, centred=True)
            if row.note:
                x += canvas.width(number(row.value), STRONG) + 14
                canvas.text(x, y, canvas.cut(row.note, area.right - x), LABEL, centred=True)
        if lines > len(shown):
            rest = self.rows[len(shown) :]
            words = f"and {number(len(rest))} more with {number(sum(row.value for row in rest))} {self.unit}"
            y = area.top + (lines - 0.5) * pitch
            canvas.text(left, y, canvas.cut(words, area.right - left), centred=True)
