"""Places in a list over time: who is in it, who has left it, and when no list spoke."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from analytics.charts.canvas import drawn
from analytics.charts.fitting import tail
from analytics.charts.layout import SMALL, STRONG
from analytics.charts.ranks import RankLine, Ranks
from analytics.charts.spans import DASH
from analytics.charts.theme import THEMES
from tests.analytics.charts.reading import words
from tests.analytics.charts.traffic_samples import FIRST, SUBTITLE

DAY = timedelta(days=1)


def lists(*every: tuple[str, tuple[int | None, ...], int | None], step: int = 1) -> Ranks:
    days = tuple(FIRST + timedelta(days=index * step) for index in range(len(every[0][1])))
    return Ranks("Google leads", SUBTITLE, days, tuple(RankLine(*line) for line in every))


def test_names_in_the_list_stand_at_the_right_in_their_lines_colours() -> None:
    chart = lists(("Google", (2, 1, 1), 40), ("github.com", (1, 2, 2), 31), ("Bing", (3, 3, None), None))
    inks = {text.text: text.ink for text in drawn(chart, "light").written if text.type == STRONG}
    assert inks == {"Google": THEMES["light"].blue, "github.com": THEMES["light"].orange}
    assert [text.type for text in drawn(chart, "light").written if text.text == "Bing"] == [SMALL]
    assert chart.alt == (
        f"Google leads. Places 2{DASH}4 Mar 2026; now 1 Google with 40 (best 1), 2 github.com with 31 (best 1); "
        "no longer in the list: Bing (best 3, last seen 3 Mar 2026)."
    )
    assert "| left | `Bing` |  |  | 3 | 3 Mar 2026 |" in chart.text()


def test_days_that_no_list_spoke_for_are_a_gap() -> None:
    chart = lists(("Google", (1,) * 20, 4))
    later = tuple(day + (30 * DAY if index > 9 else 0 * DAY) for index, day in enumerate(chart.dates))
    holed = replace(chart, dates=later)
    assert holed.alt.endswith(f"; no answer 12{DASH}28 Mar 2026.")
    assert any(text.startswith("no data") for text in words(holed))
    monthly = lists(("Google", (1,) * 12, 4), step=30)  # the caller's choice, not a gap
    assert "no answer" not in monthly.alt


def test_of_many_lists_some_are_drawn_and_that_is_said() -> None:
    assert "26 of 1,000 lists drawn" in lists(("Google", (1,) * 1000, 4)).alt


def test_paths_keep_their_ends() -> None:
    assert tail("/quartz-labs/otter/blob/main/a.md", 10, len) == "…main/a.md"
    assert tail("news.example.org", 10, len) == "news.exam…"
    assert tail("/a", 10, len) == "/a"


def test_the_name_of_a_line_that_ended_breaks_no_line_in_colour() -> None:
    """Expected: with lines in colour above, below and beside its end the name is left to the words."""
    first, second, third = (
        (name, tuple((place + step) % 3 + 1 for step in range(30)), 9)
        for place, name in enumerate(("Google", "github.com", "Reddit"))
    )
    ended = ("news.example.org", (None,) * 13 + (2, 2, 2) + (None,) * 14, None)
    chart = lists(first, second, third, ended)
    assert "news.example.org" not in words(chart)
    assert "news.example.org" in chart.alt
    assert "news.example.org" in words(lists(("Google", (1,) * 30, 9), ended))
