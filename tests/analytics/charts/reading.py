"""What a picture has in it: its words, its colours, and whether its words have room."""

from __future__ import annotations

import io

from PIL import Image

from analytics.charts.canvas import Canvas, drawn, render
from analytics.charts.chart import Chart
from analytics.charts.layout import WIDTH
from analytics.charts.theme import ThemeName


def words(chart: Chart, theme: ThemeName = "light") -> list[str]:
    """Return all texts of the picture, in the order in which they are written."""
    return [text.text for text in drawn(chart, theme).written]


def colours(chart: Chart, theme: ThemeName = "light") -> set[tuple[int, int, int]]:
    """Return the colours of all pixels."""
    with Image.open(io.BytesIO(render(chart, theme))) as picture:
        return {colour for _, colour in picture.convert("RGB").getcolors(1 << 16) or ()}  # type: ignore[misc]


def texts_have_room(chart: Chart, slack: float = 0) -> None:
    """Fail where a text leaves the picture by more than `slack` pixels, or touches another text."""
    texts_stand_apart(drawn(chart, "light"), slack)


def texts_stand_apart(canvas: Canvas, slack: float = 0) -> None:
    """Fail as `texts_have_room` does, of a picture that is drawn."""
    texts = canvas.written
    for index, text in enumerate(texts):
        for x, y in text.corners:
            assert -slack <= x <= WIDTH + slack, text
            assert -slack <= y <= canvas.area.bottom + slack, text
        clash = [other for other in texts[:index] if text.overlaps(other)]
        assert not clash, f"{text} {clash}"
