"""The picture of `compare`: every figure of the tables on both sides, as lines between the two."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from analytics.charts.slope import Slope, SlopeLine
from analytics.metric import Comparison
from analytics.words import plural
from reports import when
from reports.question import Question
from reports.sides import sides

CHANGED = re.compile(r"\b(?:more|fewer|longer|shorter|higher|lower)\b")


def slope(name: str, question: Question, now: datetime, rows: Iterable[Comparison]) -> Slope | None:
    """Return the picture of the rows that have one figure on each side; None where no row has.

    name: what the figures are over.
    """
    lines = tuple(line for line in map(of_row, rows) if line is not None)
    if not lines:
        return None
    clear = sum(line.clear for line in lines)
    title = f"{plural(clear, 'clear change')} among {plural(len(lines), 'figure')}" if clear else "No clear change"
    return Slope(title, f"{name} · {when.ends(question.window)}", sides(question, now), lines)


def of_row(row: Comparison) -> SlopeLine | None:
    """Return a row as a line; None where it holds no single figure, or none of either side is known."""
    now, before = row.figures or (None, None)
    if now is None and before is None:
        return None
    return SlopeLine(row.label, before, now, row.before, row.now, row.verdict, clear=is_clear(row.verdict))


def is_clear(verdict: str) -> bool:
    """Tell whether a test called it a change: a verdict that only says its n, or why there is none, is not one."""
    return CHANGED.search(verdict) is not None
