"""Survival curves as a table and as words: shares after durations that people think in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.charts import text
from analytics.charts.hours import EVERY
from analytics.words import duration, number, percent

if TYPE_CHECKING:
    from analytics.charts.survival import Survival, SurvivalCurve

SPOKEN = frozenset(("1 h", "1 d", "1 w", "1 mo", "1 y"))
LEAST_ROWS = 3


def table(chart: Survival) -> str:
    """Return a row per duration from where the curves begin to change; unknown past a curve's end is a mark."""
    first = min(_first(curve) for curve in chart.shown)
    last = max(curve.hours[-1] for curve in chart.shown)
    rows = [(hours, label) for hours, label in EVERY if hours <= last]
    rows = [row for row in rows if row[0] >= first][-text.MOST_ROWS + 1 :] or rows[-LEAST_ROWS:]
    named = [row for row in rows if row[1] != duration(last) and row[0] < last] + [(last, duration(last))]
    lines = [[f"after {label}", *(_share(curve, hours) for curve in chart.shown)] for hours, label in named]
    header = [text.plain(chart.unit) or " ", *(text.plain(curve.name) for curve in chart.shown)]
    written = text.table(header, lines, right=range(1, len(chart.shown) + 1))
    left_out = text.more(len(chart.curves) - len(chart.shown), "without follow-up or not shown")
    marked = [text.plain(words) for hours, words in chart.marks if hours <= last]
    below = [*marked, _end(chart), *(["in brackets: 95 % intervals"] if "(" in written else [])]
    return f"{written}{left_out}\n\n{'; '.join(below)}"


def said(chart: Survival) -> list[str]:
    """Return what an alt text says: shares of each curve after some durations, the marks, and how far it is known."""
    words = []
    for curve in chart.shown:
        shares = [
            f"{percent(curve.shares[index])} after {label}"
            for hours, label in EVERY
            if label in SPOKEN and (index := curve.at(hours)) is not None
        ] or [f"{percent(curve.shares[-1])} after {duration(curve.hours[-1])}"]
        words.append(f"{curve.name} {chart.unit}: {', '.join(shares)}")
    words += [words for hours, words in chart.marks if hours <= max(curve.hours[-1] for curve in chart.shown)]
    if chart.at_risk:
        _, counts = max(chart.at_risk, key=lambda each: (each[0] == 0, -each[0]))
        words.append(f"at the beginning {' and '.join(number(count) for count in counts)} were followed")
    return [*words, _end(chart)]


def _first(curve: SurvivalCurve) -> float:
    changed = (hours for hours, share in zip(curve.hours, curve.shares, strict=True) if share != curve.shares[0])
    return next(changed, curve.hours[-1])


def _share(curve: SurvivalCurve, hours: float) -> str:
    index = curve.at(hours)
    if index is None:
        return text.figure(None)
    low = None if curve.low is None else curve.low[index]
    high = None if curve.high is None else curve.high[index]
    around = "" if low is None or high is None else f" ({round(low * 100)} to {round(high * 100)} %)"
    return percent(curve.shares[index]) + around


def _end(chart: Survival) -> str:
    return f"nothing is known past {duration(max(curve.hours[-1] for curve in chart.shown))}"
