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
        named = dict.fromkeys((curve.name, chart.unit))  # a curve may be called after what its share is
        words.append(f"{' '.join(named)}: {', '.join(shares)}")
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
    return text.figure(None) if index is None else share(curve, index)


def share(curve: SurvivalCurve, index: int) -> str:
    """Return a step's share with its interval; one without width says nothing of what may be, and is left out."""
    low = None if curve.low is None else curve.low[index]
    high = None if curve.high is None else curve.high[index]
    known = percent(curve.shares[index])
    if low is None or high is None or low == high:
        return known
    return f"{known} ({number(round(low * 100))} to {number(round(high * 100))} %)"


def _end(chart: Survival) -> str:
    last = duration(max(curve.hours[-1] for curve in chart.shown))
    return f"after {last} all had ended" if chart.ended else f"nothing is known past {last}"
