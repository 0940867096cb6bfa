"""What was never read is not known, and never no rows; how far back a table is whole is said beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.how_complete import completeness, rows_said
from storage.previewed_catalogue import TABLES
from storage.watermarks import Watermark

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
READ = Watermark(7, "stars", synced_at=NOON - timedelta(hours=3), whole_history=True)
PART = Watermark(7, "pulls", synced_at=NOON - timedelta(hours=3), covered_since=datetime(2026, 9, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    ("table", "rows", "marks", "said", "whole"),
    [
        ("stars", 0, {}, "not read yet", ""),
        ("stars", 0, {"stars": READ}, "0", "all, read 3 h ago"),
        ("stars", 64, {"stars": READ}, "64", "all, read 3 h ago"),
        ("stars", 2, {}, "2", "only what webhooks have told so far"),
        ("reviews", 5, {"pulls": PART}, "5", "changed since 21 Sep 2026, read 3 h ago"),
        ("comments", 0, {"pulls": PART}, "not read yet", ""),
        ("traffic", 0, {}, "not captured yet", ""),
        ("traffic", 14, {}, "14", ""),
    ],
)
def test_rows_and_how_complete_they_are(
    table: str, rows: int, marks: dict[str, Watermark], said: str, whole: str
) -> None:
    assert rows_said(TABLES[table], rows, marks) == said
    assert completeness(TABLES[table], rows, marks, NOON) == whole


def test_a_try_that_ended_early_is_said() -> None:
    broken = Watermark(7, "stars", synced_at=NOON - timedelta(hours=3), error="502")
    assert completeness(TABLES["stars"], 3, {"stars": broken}, NOON) == "could not be read to the end, 3 h ago"
