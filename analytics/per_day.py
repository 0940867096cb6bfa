"""How much of something there was on each UTC day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from analytics.days import ordinals
from analytics.lazy import lazy
from analytics.window import Window

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analytics.days import Counts
    from analytics.moments import Flags
else:
    np = lazy("numpy")


def per_day(column: pd.Series[Any], window: Window) -> Counts:
    """Return how many of the moments lie on each day of a window that begins and ends at midnight; all are known."""
    first, last = day_of(window.since), day_of(window.until)
    at = ordinals(column)
    inside = at[(at >= first) & (at < last)] - first
    counts: Counts = np.bincount(inside, minlength=last - first).astype("float64")
    return counts


def day_of(moment: datetime) -> int:
    """Return the number since 1970 of a moment's UTC day."""
    return (moment.date() - date(1970, 1, 1)).days


def none_growing(counts: Counts) -> Flags:
    """Return that no day's count may still grow."""
    return np.zeros(len(counts), dtype=bool)
