"""How many issues are left out of an answer because they are periodic reports of our own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from analytics.filters import Filters
from storage.loading import NO_FILTERS, reading, span
from storage.loading_filters import asked_for, both, numbers, own_reports


def count_own_reports(
    url: str,
    repository_ids: Sequence[int],
    since: datetime | None,
    until: datetime,
    filters: Filters = NO_FILTERS,
) -> int:
    """Return how many reports among a window's issues would count if they were like any other.

    since: None is from the beginning; as other issues, a report is in a window in which it was open at some time ·
    filters: which issues are asked about.
    """
    begin, end = span(since, until)
    alive = f"created_at < {end} AND (closed_at IS NULL OR closed_at >= {begin})"
    found = 0
    with reading(url) as query:
        for number in repository_ids:
            if own := own_reports(query, number):
                asked = asked_for(query, number, filters).issues
                these = both(f"repository_id = {int(number)} AND number IN ({numbers(own)})", alive, asked)
                (row,) = query(f"SELECT count(*) FROM issues WHERE {these}")  # noqa: S608 - numbers and quoted texts
                found += int(row[0])
    return found
