"""Columns of moments as plain numpy arrays, and what is asked of them: in the window, known by then, how long.

An unknown moment is NaT, which is neither before nor after anything.
"""

from __future__ import annotations

from array import array
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analytics.lazy import lazy
from analytics.tables import microseconds
from analytics.window import Window

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Moments = NDArray[np.datetime64]
    Flags = NDArray[np.bool_]
else:
    np = lazy("numpy")


def moments(column: pd.Series[Any]) -> Moments:
    """Return a column of moments as datetime64[us], UTC."""
    return np.asarray(column, dtype="datetime64[us]")


def instant(moment: datetime) -> np.datetime64:
    """Return an aware `moment` as datetime64[us], UTC."""
    return np.datetime64(microseconds(moment), "us")


def within(at: Moments, window: Window) -> Flags:
    """Return per moment whether `since <= at < until`; the whole history has no lower end."""
    if window.whole:
        return at < instant(window.until)
    return (at >= instant(window.since)) & (at < instant(window.until))


def before(at: Moments, moment: datetime) -> Flags:
    """Return per moment whether it is known and earlier than `moment`."""
    return at < instant(moment)


def hours(start: Moments, end: Moments) -> tuple[array[float], int]:
    """Return the durations from `start` to `end` in hours, sorted, and how many negative ones were left out.

    Seconds / 3600, exact to the microsecond; pairs with an unknown end are no durations. A plain array: it travels
    between processes in 8 bytes a value, and reading it needs no numpy.
    """
    spans = (end - start).astype("timedelta64[us]")
    lengths = spans[~np.isnat(spans)].astype("int64") / 3_600_000_000
    kept = np.sort(lengths[lengths >= 0])
    return array("d", kept.tobytes()), len(lengths) - len(kept)
