"""The sentences of answers as HTML."""

from __future__ import annotations

import pytest

from dashboard.inline import inline, whole


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("until 2026-12-20.", 'until <span class="span">2026-12-20.</span>'),
        ("due 2026-12-20 12:00 UTC, daily", 'due <span class="span">2026-12-20 12:00 UTC,</span> daily'),
        ("about 2026-W47 & <b>", 'about <span class="span">2026-W47</span> &amp; &lt;b&gt;'),
        ("2026-12-20", "2026-12-20"),
        ("within 46 h", "within 46\N{NO-BREAK SPACE}h"),
        ("lantern-2026-12-20-x", "lantern-2026-12-20-x"),
    ],
)
def test_no_line_breaks_within_a_day_or_before_a_unit(text: str, html: str) -> None:
    assert whole(text) == inline(text) == html
