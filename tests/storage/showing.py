"""What GitHub shows of a repository's traffic at some moment, for the tests that keep it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from analytics.traffic import Capture, Count, Listed, Traffic
from tests.storage.conftest import REPOSITORY

TODAY = date(2026, 11, 22)  # a Sunday
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def counts(given: Mapping[date, tuple[int, int]]) -> dict[date, Count]:
    return {day: Count(*pair) for day, pair in given.items()}


def capture(
    views: Mapping[date, tuple[int, int]] | None = None,
    clones: Mapping[date, tuple[int, int]] | None = None,
    *,
    at: datetime = NOW,
    repository_id: int = REPOSITORY.id,
) -> Capture:
    """A capture that brought the given days, each kind with a total of its own; everything else is None."""
    body = json.dumps({"count": 0, "uniques": 0, "views": [str(day) for day in views or {}]}).encode()
    return Capture(
        repository_id=repository_id,
        captured_at=at,
        views=None if views is None else Traffic(Count(100, 40), counts(views)),
        clones=None if clones is None else Traffic(Count(70, 30), counts(clones)),
        view_weeks=None,
        clone_weeks=None,
        referrers=None,
        paths=None,
        raw={"views": body} if views is not None else {},
    )


def listing(shown: Capture, referrers: str, paths: str | None = None) -> Capture:
    """The capture with lists whose lines have the given names, the first with the highest count; None: not read."""
    lists = [
        None
        if names is None
        else tuple(Listed(name, 50 - place, 20 - place) for place, name in enumerate(names.split()))
        for names in (referrers, paths)
    ]
    return replace(shown, referrers=lists[0], paths=lists[1])
