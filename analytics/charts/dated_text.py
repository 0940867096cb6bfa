"""Dated counts as a table and as words: long spans in weeks, months or years, uniques never added up."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from analytics.charts import text
from analytics.charts.spans import Dated, day_name, span_name
from analytics.words import month_and_year, month_name, number, plural

MOST_GAPS = 6  # that are named; the others are counted
MOST_SAID = 12  # marks and notes below a table
NONE = "Nothing in this window."

Said = Sequence[tuple[date, str]]  # words, each with its day
Size = Callable[[date], tuple[date, str]]  # the first day and the name of the row that a day belongs to


@dataclass(slots=True)
class Row:
    """One row of a table that sums up several buckets; `uniques` is the highest of a single one.

    before: the counts of a year before, of those buckets that are known and settled now, since the others' would be
    set against nothing.
    """

    name: str
    counts: list[int] = field(default_factory=list)
    uniques: list[int] = field(default_factory=list)
    before: list[int | None] = field(default_factory=list)
    buckets: int = 0
    growing: bool = False

    @property
    def total(self) -> int | None:
        """The sum of the known counts, None where none is known."""
        return sum(self.counts) if self.counts else None


def _week(day: date) -> tuple[date, str]:
    monday = day - timedelta(days=day.weekday())
    return monday, f"week of {span_name(monday, monday, year=True)}"


def _month(day: date) -> tuple[date, str]:
    return day.replace(day=1), month_and_year(day)


def _quarter(day: date) -> tuple[date, str]:
    first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    last = first.replace(month=first.month + 2)
    return first, f"{month_name(first)} to {month_and_year(last)}"


def _year(day: date) -> tuple[date, str]:
    return date(day.year, 1, 1), str(day.year)


SIZES: dict[str, Size] = {"week": _week, "month": _month, "quarter": _quarter, "year": _year}


def table(data: Dated, noun: str, bucket: str, before: Sequence[int | None] | None = None) -> str:
    """Return the counts as a table with a bar per row, in rows so long that the whole span fits.

    noun: what is counted, such as "views" · bucket: what `data` has one count of, such as "day" · before: the counts of
    a year before, one per bucket.
    """
    if not data.starts:
        return NONE
    _, rows = summed(data, before or ())
    alone = all(row.buckets == 1 for row in rows)
    most = max((sum(row.counts) for row in rows), default=0)
    people = bool(data.visitors)
    header = [" ", text.plain(noun), " "]
    header += ["uniques" if alone else f"most uniques in a {bucket}"] if people else []
    compared = before is not None and any(value is not None for value in before)
    header += ["a year before"] if compared else []
    header += [] if alone else [f"{bucket}s known"]
    lines = []
    for row in rows:
        grows = "+" if row.growing and row.counts else ""
        line = [row.name, text.figure(row.total) + grows, text.bar(row.total, most)]
        line += [text.figure(max(row.uniques, default=None))] if people else []
        line += [text.figure(total(row.before))] if compared else []
        line += [] if alone else [f"{len(row.counts)} of {row.buckets}"]
        lines.append(line)
    said = [f"no data: {gaps(data)}"] if data.gaps else []
    said += ["+ may still grow"] if any(data.provisional) and data.known else []
    partly = any(0 < len(row.before) < row.buckets and total(row.before) is not None for row in rows)
    said += [f"a year before: only of the {bucket}s known and settled now"] if compared and partly else []
    below = f"\n\n{'; '.join(said)}" if said else ""
    return text.table(header, lines, right=(1, *range(3, 3 + people + compared))) + below


def total(counts: Sequence[int | None]) -> int | None:
    """Return the sum, None where there is nothing to add or any of it is unknown."""
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def summed(data: Dated, before: Sequence[int | None]) -> tuple[str, list[Row]]:
    """Return the counts in at most text.MOST_ROWS rows, and what a row stands for: nothing, `week`, `month` ...

    Nothing: for a bucket of `data` itself. What is over is left out at the front.
    """

    def alone(day: date) -> tuple[date, str]:
        return day, span_name(day, data.ends[data.starts.index(day)], year=True)

    rows: dict[date, Row] = {}
    word = ""
    for each, size in {"": alone, **SIZES}.items():
        if size is alone and len(data.starts) > text.MOST_ROWS:
            continue
        word, rows = each, {}
        for index, day in enumerate(data.starts):
            first, name = size(day)
            row = rows.setdefault(first, Row(name))
            row.buckets += 1
            count, uniques = data.counts[index], data.uniques[index]
            row.counts += [] if count is None else [count]
            row.uniques += [] if uniques is None else [uniques]
            settled = count is not None and not data.provisional[index]
            row.before += [before[index]] if before and settled else []
            row.growing = row.growing or data.provisional[index]
        if len(rows) <= text.MOST_ROWS:
            break
    return word, list(rows.values())[-text.MOST_ROWS :]


def gaps(data: Dated) -> str:
    """Return the days without data, the longest gaps by name: `8-16 Jun 2026, 2 Jul 2026 and 3 more`."""
    found = sorted(
        zip(data.gaps, data.gap_names(year=True), strict=True),
        key=lambda each: (each[0][0] - each[0][1], each[0]),
    )
    named = sorted(found[:MOST_GAPS])
    more = f" and {number(len(found) - MOST_GAPS)} more" if len(found) > MOST_GAPS else ""
    return ", ".join(name for _, name in named) + more


def nothing(data: Dated, noun: str, bucket: str) -> str:
    """Return, without a full stop, what is known where no count is above zero."""
    if not data.starts:
        return NONE.removesuffix(".")
    unknown = len(data.counts) - len(data.known)
    gap = f"no data for {plural(unknown, bucket)} ({gaps(data)})" if unknown else ""
    if not data.known:
        return gap[0].upper() + gap[1:]
    return f"No {noun} in {plural(len(data.known), f'known {bucket}')}" + (f", {gap}" if gap else "")


def said(data: Dated, noun: str, bucket: str) -> list[str]:
    """Return what an alt text says of the counts: total and highest, highest uniques, gaps, what may grow."""
    most = max(data.known)
    words = [
        f"{number(sum(data.known))} {noun} in {plural(len(data.known), f'known {bucket}')}",
        f"most {number(most)} ({_name(data, data.counts.index(most))})",
    ]
    if data.visitors:
        people = max(data.visitors)
        words.append(f"most uniques in a {bucket} {number(people)} ({_name(data, data.uniques.index(people))})")
    if data.gaps:
        words.append(f"{plural(len(data.counts) - len(data.known), bucket)} without data ({gaps(data)})")
    growing = sum(growing and count is not None for growing, count in zip(data.provisional, data.counts, strict=True))
    return words + ([f"{plural(growing, bucket)} may still grow"] if growing else [])


def pointed_out(marks: Said, notes: Said) -> list[str]:
    """Return what an alt text says of marks and notes: `marked: v1.0.0 (2 Mar 2026)`, the earliest ones."""
    said = []
    for what, each in (("marked", marks), ("noted", notes)):
        words = [name if _names(name, day) else f"{name} ({day_name(day)})" for day, name in sorted(each)[:MOST_SAID]]
        said += [f"{what}: {', '.join(words)}{_more(len(each))}"] if words else []
    return said


def below(marks: Said, notes: Said) -> list[str]:
    """Return the same as lines of Markdown below a chart: `Marked: 2 Mar 2026 v1.0.0`, the latest ones."""
    lines = []
    for what, each in (("Marked", marks), ("Noted", notes)):
        words = [
            text.plain(name) if _names(name, day) else f"{day_name(day)} {text.plain(name)}"
            for day, name in sorted(each)[-MOST_SAID:]
        ]
        lines += [f"{what}: {', '.join(words)}{_more(len(each))}"] if words else []
    return lines


def _names(words: str, day: date) -> bool:
    """Return whether the words name the day themselves."""
    return re.search(rf"(?<!\w){re.escape(day_name(day, year=False))}(?!\w)", words) is not None


def _more(count: int) -> str:
    return f" and {number(count - MOST_SAID)} more" if count > MOST_SAID else ""


def _name(data: Dated, index: int) -> str:
    return span_name(data.starts[index], data.ends[index], year=True)
