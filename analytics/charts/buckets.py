"""Counts per bucket as Mermaid: long spans in wider buckets, and in words what a chart of text cannot show."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.charts import mermaid, text
from analytics.charts.series import unknown_runs
from analytics.words import number

MOST_RUNS = 6  # of unknown buckets that are named; the others are counted


@dataclass(frozen=True, slots=True)
class Buckets:
    """Names and values of buckets, in order; `line` is a second row of values.

    each: how many of the chart's own buckets one of these holds · before: how many came before the first.
    """

    names: tuple[str, ...]
    values: tuple[float | None, ...]
    line: tuple[float | None, ...] | None = None
    each: int = 1
    before: int = 0
    partly: tuple[bool, ...] = ()


def widened(
    names: Sequence[str], values: Sequence[float | None], line: Sequence[float | None] | None, *, added: bool
) -> Buckets:
    """Return at most `mermaid.MOST` buckets, equally wide, the last complete; what is over at the front is left out.

    added: values are counts and add up; else the last known one of each bucket stands for it.
    """
    each = max(1, math.ceil(len(names) / mermaid.MOST))
    first = len(names) % each
    starts = range(first, len(names), each)

    def wide(row: Sequence[float | None]) -> tuple[float | None, ...]:
        groups = [[value for value in row[start : start + each] if value is not None] for start in starts]
        return tuple((sum(group) if added else group[-1]) if group else None for group in groups)

    partly = tuple(0 < sum(value is None for value in values[start : start + each]) < each for start in starts)
    return Buckets(
        tuple(names[start] for start in starts), wide(values), None if line is None else wide(line), each, first, partly
    )


def drawable(buckets: Buckets) -> bool:
    """Return whether both rows are known throughout: no line may cross what is unknown, and one point is none."""
    known = [index for index, value in enumerate(buckets.values) if value is not None]
    return buckets.line is None or (
        len(known) == len(buckets.values) > 1 and all(value is not None for value in buckets.line)
    )


def block(
    buckets: Buckets, unit: str, *, told: str = "", low: float = 0.0, provisional: int = 0, line_alone: bool = False
) -> str:
    """Return the chart of the known buckets, then a line for what it cannot show.

    told: which series is drawn how · provisional: how many of the last buckets may still grow ·
    line_alone: values are a line, where all are known.
    """
    known = [index for index, value in enumerate(buckets.values) if value is not None]
    names = [buckets.names[index] for index in known]
    values = [buckets.values[index] or 0.0 for index in known]
    if line_alone and len(known) == len(buckets.values) > 1:
        drawn = mermaid.chart(names, line=values, unit=unit, low=low)
    else:
        line = None if buckets.line is None else [buckets.line[index] or 0.0 for index in known]
        drawn = mermaid.chart(names, bars=values, line=line, unit=unit, low=low)
    return "\n\n".join(
        [drawn, *(["; ".join(said)] if (said := [told] * bool(told) + _said(buckets, provisional)) else [])]
    )


def _said(buckets: Buckets, provisional: int) -> list[str]:
    runs = unknown_runs(buckets.values)
    named = [
        text.plain(buckets.names[first]) + (f" to {text.plain(buckets.names[last])}" if last > first else "")
        for first, last in runs[:MOST_RUNS]
    ]
    rest = f" and {number(len(runs) - MOST_RUNS)} more" if len(runs) > MOST_RUNS else ""
    said = [f"left out, no data: {', '.join(named)}{rest}"] if runs else []
    partly = [buckets.names[index] for index, part in enumerate(buckets.partly) if part]
    if partly:
        some = ", ".join(text.plain(name) for name in partly[:MOST_RUNS])
        said.append(f"too low, in part without data: {some}{' and more' if len(partly) > MOST_RUNS else ''}")
    said += [f"the last {number(provisional)} may still grow"] if provisional > 1 else []
    said += ["the last may still grow"] if provisional == 1 else []
    return said + ([f"{number(buckets.before)} before left out"] if buckets.before else [])


def per(unit: str, each: int) -> str:
    """Return the unit of wider buckets: `views per 4 weeks`."""
    if each == 1:
        return unit
    noun, found, bucket = unit.partition(" per ")
    return f"{noun} per {each} {bucket}s" if found else f"{unit}, {each} buckets a bar"
