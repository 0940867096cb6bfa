"""A chart as SVG: the same shapes in the same places as the picture, its texts as text that can be found and copied."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from analytics.charts.canvas import compose, headed, measure, prepared
from analytics.charts.chart import Chart
from analytics.charts.fitting import normal, printable
from analytics.charts.layout import DPI, LABEL, WIDTH, Box, Placed, Type
from analytics.charts.pen import Pen
from analytics.charts.theme import THEMES, Theme, ThemeName, mix

FONT = "'Source Sans 3', 'Source Sans Pro', 'Helvetica Neue', Arial, sans-serif"
SHOWN = 2  # pixels of the picture for one of the page: pictures are drawn for sharp screens
HATCH = 12  # pixels from one stripe to the next
HATCHED = 0.25  # share of its colour that the ground between stripes keeps


class Vector(Pen):
    """A part of an SVG's ground; the elements are in the order in which they are drawn."""

    def __init__(
        self, theme: Theme, area: Box, shapes: list[str], written: list[Placed], *, compact: bool = False
    ) -> None:
        self.theme = theme
        self.area = area
        self.shapes = shapes
        self.written = written
        self.compact = compact

    def within(self, area: Box, *, compact: bool = False) -> Vector:
        """Return a pen for `area` on the same ground."""
        return Vector(self.theme, area, self.shapes, self.written, compact=compact)

    def shown(self, text: str) -> str:
        """Return `text` as pictures spell it: whoever opens the file may lack the same fonts."""
        return prepared(text, LABEL)[0]

    def measure(self, text: str, type_: Type) -> tuple[float, float, float]:
        """Return width, height above and depth below the baseline of `text`, in pixels."""
        return measure(text, type_)

    def rect(self, box: Box, colour: str, *, hatched: bool = False) -> None:
        """Fill `box`, snapped to whole pixels; hatched: pale with stripes, for what may still change."""
        left, top, right, bottom = round(box.left), round(box.top), round(box.right), round(box.bottom)
        if right <= left or bottom <= top:
            return
        place = f'x="{left}" y="{top}" width="{right - left}" height="{bottom - top}"'
        fill = mix(self.theme.background, colour, HATCHED) if hatched else colour
        self.shapes.append(f'<rect {place} fill="{fill}"/>')
        if hatched:
            self.shapes.append(f'<rect {place} fill="url(#stripes-{colour[1:]})"/>')

    def polyline(self, points: Sequence[tuple[float, float]], colour: str, weight: float) -> None:
        """Draw a line through `points` with round joins, `weight` points wide."""
        wide = _short(weight * DPI / 72)
        self.shapes.append(
            f'<polyline points="{_places(points)}" fill="none" stroke="{colour}" stroke-width="{wide}"/>'
        )

    def polygon(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """Fill the area within `points`."""
        self.shapes.append(f'<polygon points="{_places(points)}" fill="{colour}"/>')

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """Draw a filled circle."""
        self.shapes.append(f'<circle cx="{_short(x)}" cy="{_short(y)}" r="{_short(radius)}" fill="{colour}"/>')

    def write(self, placed: Placed) -> None:
        """Write a text where it was placed, as wide as it was measured, whatever font stands in for ours."""
        clean, _ = prepared(placed.text, placed.type)
        if clean:
            x, y = _short(placed.x), _short(placed.y)
            bold = ' font-weight="600"' if placed.type.bold else ""
            turned = f' transform="rotate({_short(-placed.angle)} {x} {y})"' if placed.angle else ""
            wide = f'textLength="{_short(placed.box.width)}" lengthAdjust="spacingAndGlyphs"'
            size = f'font-size="{_short(placed.type.pixels)}"'
            words = escape(printable(clean))
            self.shapes.append(f'<text x="{x}" y="{y}" {size}{bold} fill="{placed.ink}" {wide}{turned}>{words}</text>')
            self.written.append(placed)


def render_svg(chart: Chart, theme: ThemeName) -> bytes:
    """Return `chart` as SVG without scripts, styles or references: the same chart and theme give the same bytes."""
    title, subtitle, height = headed(chart)
    canvas = Vector(THEMES[theme], Box(0, 0, WIDTH, height), [], [])
    compose(chart, canvas, title, subtitle)
    striped = sorted({shape.split("#stripes-")[1][:6] for shape in canvas.shapes if "#stripes-" in shape})
    size = f'width="{WIDTH // SHOWN}" height="{height // SHOWN}" viewBox="0 0 {WIDTH} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}" stroke-linejoin="round" role="img">'
    said = [f"<title>{_plain(chart.title)}</title>", f"<desc>{_plain(chart.alt)}</desc>"]
    stripes = [f"<defs>{''.join(map(_stripes, striped))}</defs>"] if striped else []
    return "\n".join([head, *said, *stripes, *canvas.shapes, "</svg>\n"]).encode()


def _stripes(colour: str) -> str:
    line = f'<path d="M0 0V{HATCH}" stroke="#{colour}" stroke-width="4"/>'
    turned = f'patternUnits="userSpaceOnUse" patternTransform="rotate(45)" width="{HATCH}" height="{HATCH}"'
    return f'<pattern id="stripes-{colour}" {turned}>{line}</pattern>'


def _plain(text: str) -> str:
    return escape(printable(normal(text)))


def _places(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in points)


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
