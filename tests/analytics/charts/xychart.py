"""Mermaid's grammar of `xychart-beta`, as far as our charts use it; anything else is an error.

Written after Mermaid's own lexer and parser (packages/mermaid/src/diagrams/xychart/parser/xychart.jison, version 11):
a quoted text ends at the next quotation mark and may not be empty, a number has no exponent. What is stricter here: the
order of the lines, and that every category is another one after JavaScript's trim(), since equal ones become one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FENCE = re.compile(r"^```mermaid\n(?P<body>.*?)\n```$", re.MULTILINE | re.DOTALL)
LOOK = re.compile(
    r'%%\{init: \{"xyChart": \{"width": \d+, "height": \d+(, "yAxis": \{"showLabel": false, "showTick": false\})?\}, '
    r'"themeVariables": \{"xyChart": \{"plotColorPalette": "#[0-9a-f]{6}, #[0-9a-f]{6}"\}\}\}\}%%'
)
TEXT = r'"([^"`\n]+)"'
NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)"
X_AXIS = re.compile(rf"  x-axis \[({TEXT}(?:, {TEXT})*)\]")
TITLE = re.compile(rf"  title {TEXT}")
Y_AXIS = re.compile(rf"  y-axis ({NUMBER}) --> ({NUMBER})")
PLOT = re.compile(rf"  (bar|line) \[({NUMBER}(?:, {NUMBER})*)\]")
MOST = 30
TRIMMED = " \t\n\r\v\f\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"


@dataclass(frozen=True)
class XYChart:
    """What Mermaid would draw."""

    level: bool
    categories: tuple[str, ...]
    unit: str
    low: float
    high: float
    plots: dict[str, tuple[float, ...]]

    @property
    def visible(self) -> tuple[str, ...]:
        """The categories that can be read."""
        return tuple(name.strip("\u200b") for name in self.categories if name.strip("\u200b"))


def charts(markdown: str) -> list[XYChart]:
    """Return the charts of a Markdown text, each checked; every fence in it must be one of them."""
    found = [parsed(match["body"]) for match in FENCE.finditer(markdown)]
    assert markdown.count("```") == 2 * len(found), markdown
    return found


def parsed(body: str) -> XYChart:
    """Return a block's chart, or fail."""
    look, head, *lines = body.split("\n")
    title = TITLE.fullmatch(lines[0])
    x_axis, y_axis, *plots = lines[1:] if title else lines
    assert LOOK.fullmatch(look), look
    assert head in ("xychart-beta", "xychart-beta horizontal")
    rest = "\n".join((head, *lines))
    assert "%%" not in rest, "a comment or a directive"
    assert not re.search(r"[;{}<>\\$]|```", rest.replace("-->", "")), rest
    across, along = X_AXIS.fullmatch(x_axis), Y_AXIS.fullmatch(y_axis)
    assert across, x_axis
    assert along, y_axis
    categories = tuple(re.findall(TEXT, across[1]))
    trimmed = [re.sub(rf"^[{TRIMMED}]+|[{TRIMMED}]+$", "", name) for name in categories]
    assert all(trimmed), "an empty category"
    assert len(set(trimmed)) == len(trimmed) <= MOST
    matched = [PLOT.fullmatch(plot) for plot in plots]
    assert plots, "nothing to draw"
    assert all(matched), plots
    drawn = {match[1]: tuple(float(number) for number in match[2].split(", ")) for match in matched if match}
    assert len(drawn) == len(plots), "two of a kind hide each other"
    low, high = float(along[1]), float(along[2])
    assert low < high
    for values in drawn.values():
        assert len(values) == len(categories)
        assert all(low <= value <= high for value in values)
    return XYChart(head.endswith("horizontal"), categories, title[1] if title else "", low, high, drawn)
