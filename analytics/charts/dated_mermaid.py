"""Dated counts as Mermaid: bars of days, weeks, months or years, and a line for uniques or for the year before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from analytics.charts import buckets, dated_text
from analytics.charts.buckets import Buckets
from analytics.charts.dated_text import Row
from analytics.charts.spans import Dated
from analytics.words import number

DAY = timedelta(days=1)


def chart(data: Dated, noun: str, bucket: str, before: Sequence[int | None] | None = None) -> str:
    """Return the counts as a chart; as the table of `dated_text` where a line would cross what is unknown.

    Arguments as in `dated_text.table`. The line is the year before, else each bucket's uniques, which are never added.
    """
    word, rows = dated_text.summed(data, before or ())
    compared = any(dated_text.total(row.before) is not None for row in rows)
    growing = [row for row in rows if row.growing and row.counts]
    shown = [row for row in rows if not (compared and row in growing)]
    line: tuple[float | None, ...] | None = None
    name = ""
    if compared:
        line, name = tuple(dated_text.total(row.before) for row in shown), "a year before"
    elif data.visitors and not word:
        line, name = tuple(row.uniques[0] if row.uniques else None for row in shown), "uniques"
    found = Buckets(
        tuple(_short(row) for row in shown),
        tuple(row.total for row in shown),
        line,
        partly=_partly(data, shown, word),
    )
    if not shown or not buckets.drawable(found):
        return dated_text.table(data, noun, bucket, before)
    told = f"bars: {noun}; line: {name}" if name else ""
    drawn = buckets.block(found, f"{noun} per {word or bucket}", told=told, provisional=0 if compared else len(growing))
    so_far = [f"{row.name}: {number(row.total or 0)} {noun} so far" for row in growing if compared]
    below = [*so_far, *(_uniques(shown, bucket) if name != "uniques" else [])]
    return "\n\n".join([drawn, *(["; ".join(below)] if below else [])])


def _short(row: Row) -> str:
    """Return a row's name where its length is said elsewhere."""
    return row.name.removeprefix("week of ")


def _uniques(rows: Sequence[Row], bucket: str) -> list[str]:
    """Return in words what cannot be drawn beside sums: the highest uniques of a single bucket, row by row."""
    most = [f"{_short(row)} {number(max(row.uniques))}" for row in rows if row.uniques]
    return [f"most uniques in a {bucket}: {', '.join(most)}"] if most else []


def _partly(data: Dated, rows: Sequence[Row], word: str) -> tuple[bool, ...]:
    """Return which rows are known only in part, also because the span begins or ends within them."""
    partly = [0 < len(row.counts) < row.buckets for row in rows]
    if word and rows:
        first_of = dated_text.SIZES[word]
        length = data.ends[0] - data.starts[0] + DAY
        partly[0] = partly[0] or first_of(data.starts[0] - length) == first_of(data.starts[0])
        partly[-1] = partly[-1] or first_of(data.ends[-1] + DAY) == first_of(data.starts[-1])
    return tuple(partly)
