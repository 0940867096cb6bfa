"""Keys that others have for what stands without one here: `since=2026-01-01`, `from=… to=…`, `metric=pulls`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from reports.escape import code
from reports.mistake import Mistake
from reports.period import period
from reports.period_meant import meant

BARE = frozenset({
    "since", "from", "period", "range", "window", "last", "during", "days", "date", "when", "metric", "metrics",
})  # fmt: skip
BEGINS = frozenset({"since", "from", "after", "start", "begin"})
ENDS = frozenset({"until", "till", "to", "before", "end"})
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def between(options: Sequence[tuple[str, str]], now: datetime, usage: str) -> Mistake | None:
    """Return what to say of `from=2026-01-01 to=2026-02-01`, which is one period here; None where that is not said."""
    begin = next(((key, value) for key, value in options if key in BEGINS), None)
    end = next(((key, value) for key, value in options if key in ENDS), None)
    if begin is None or end is None:
        return None
    near = f"{begin[1]}..{end[1]}"
    try:
        period(near, now)
    except Mistake:
        return None
    sentence = f"{code(begin[0] + '=')} and {code(end[0] + '=')} are no keys; a period is written in one word."
    return Mistake(sentence, usage, nearest=near, word=f"{begin[0]}={begin[1]} {end[0]}={end[1]}")


def bare(value: str, metrics: Mapping[str, str], now: datetime) -> str | None:
    """Return the period or the metrics that a value is, as they are written without a key."""
    try:
        period(value, now)
    except Mistake as wrong:
        if DAY.fullmatch(value):
            return meant(f"{value}..", now)
        names = [metrics.get(piece) for piece in value.casefold().replace(",", " ").split()]
        return " ".join(filter(None, names)) if names and None not in names else wrong.nearest
    return value
