"""Times as GitHub's pages write them: how long ago, and the day once that says more."""

from __future__ import annotations

from datetime import datetime, timedelta

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def relative(moment: datetime, now: datetime) -> str:
    """Return `now`, `5 minutes ago`, `yesterday`, `3 weeks ago`, `on Mar 4`, or `on Mar 4, 2025` in another year."""
    passed = now - moment
    if passed < timedelta(minutes=1):
        return "now"
    for unit, length, most in (("minute", 60, 60), ("hour", 3600, 24), ("day", 86_400, 7), ("week", 604_800, 4)):
        count = int(passed.total_seconds() // length)
        if count < most:
            if unit == "day" and count == 1:
                return "yesterday"
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    day = f"on {MONTHS[moment.month - 1]} {moment.day}"
    return day if moment.year == now.year else f"{day}, {moment.year}"
