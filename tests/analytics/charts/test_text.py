"""Charts in words: tables that need no picture, and alt texts that state the numbers."""

from __future__ import annotations

import re

import pytest

from analytics.charts import text
from analytics.charts.heatmap import Heatmap
from analytics.charts.histogram import Histogram
from analytics.charts.ranked import Ranked, RankedRow
from tests.analytics.charts.samples import CHARTS

every_chart = pytest.mark.parametrize("name", CHARTS)


def cells(line: str) -> list[str]:
    return line.strip("|").split("|")


@every_chart
def test_a_table_has_equally_many_cells_in_every_row_and_stays_compact(name: str) -> None:
    written = CHARTS[name].text()
    tables = [block.split("\n") for block in written.split("\n\n") if block.startswith("|")]
    for table in tables:
        assert len({len(cells(line)) for line in table}) == 1
        assert re.fullmatch(r"(\|-+:?)+\|", table[1])
        assert len(table) <= text.MOST_ROWS + 2
    assert len(written) < 16_000


@every_chart
def test_alt_texts_begin_with_the_finding_and_state_numbers(name: str) -> None:
    alt = CHARTS[name].alt
    assert alt.startswith(CHARTS[name].title)
    assert "Nothing" in alt or re.search(r"\d", alt.removeprefix(CHARTS[name].title))
    assert "nan" not in alt.lower().split()


def test_a_name_is_a_code_span_that_breaks_no_table_and_mentions_nobody() -> None:
    assert text.name("@octo|`cat`\n") == "`@octo¦'cat'`"
    assert text.name("") == "`-`"
    assert len(text.name("x" * 100)) == text.LABEL_LIMIT + 2


def test_words_of_somebody_else_become_a_code_span_too() -> None:
    assert text.plain("pull requests per week") == "pull requests per week"
    assert text.plain("<b>@all") == "`<b>@all`"


def test_bars_grow_in_eighths_and_anything_above_zero_shows() -> None:
    assert text.bar(16, 16) == "█" * 16
    assert text.bar(8, 16) == "█" * 8
    assert text.bar(1, 1_000_000) == "▏"
    assert text.bar(0, 16) == text.bar(None, 16) == text.bar(3, 0) == ""


def test_unknown_is_a_question_mark_and_never_zero() -> None:
    assert "| ? |" in CHARTS["lines with a gap"].text()
    assert "left out, no data: " in CHARTS["bars with a gap"].text()


def test_bars_say_their_totals_and_their_highest_bucket() -> None:
    alt = CHARTS["bars"].alt
    assert "Pull requests per week, 29 Dec 2025 to 20 Jul 2026" in alt
    assert "opened 183 in total, most 12 (week of 16 Feb 2026)" in alt


def test_a_histogram_says_n_median_its_fullest_bin_and_the_longest_tenth() -> None:
    chart = Histogram("Half in 2 h", "", (0.5, 1.0, 2.0, 2.5, 3.0, 5.0, 8.0, 24.0, 30.0, 100.0), 4.0)
    assert chart.alt == (
        "Half in 2 h. 10 pull requests; median 4 h; the most, 3, took 2 h to 4 h; one in ten took over 37 h."
    )
    assert '"4 h to 8 h \N{MIDDLE DOT} 1 median"' in chart.text()


def test_a_mark_belongs_to_the_bin_that_it_begins() -> None:
    bins = {each.name: each.count for each in Histogram("", "", (1.0, 24.0, 0.0, 20_000.0), None).bins}
    assert (bins["1 h to 2 h"], bins["1 d to 2 d"], bins["under 5 m"], bins["over 2 y"]) == (1, 1, 1, 1)


def test_a_ranking_names_the_first_three_and_sums_up_the_others() -> None:
    rows = tuple(RankedRow(f"amber-lynx-{i}", 10 - i) for i in range(5))
    chart = Ranked("One wrote a quarter", "", rows, "commits")
    assert chart.alt == ("One wrote a quarter. commits: amber-lynx-0 10, amber-lynx-1 9, amber-lynx-2 8; 2 others 13.")


def test_a_heatmap_says_its_size_total_and_largest_pairs() -> None:
    chart = Heatmap("A pair", "", ("a", "b"), ("c", "d"), ((3, None), (1, 0)), None, "reviewer", "author")
    assert chart.alt == "A pair. Reviewer by author, 2 by 2, together 4; most: a and c 3, b and c 1."
    assert chart.text().split("\n")[2] == "| `a` | 3 |  | 3 | ████████ |"


def test_a_heatmap_too_large_for_a_table_says_how_much_is_left_out() -> None:
    assert CHARTS["heatmap 40 x 40"].text().endswith("and 28 more rows (reviewer) and 32 more columns (author)")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (["median wait: 3 h", "one more"], "A title. Median wait: 3 h; one more."),
        (["quartz/amber against quartz/basalt"], "A title. quartz/amber against quartz/basalt."),
        (["12 merged"], "A title. 12 merged."),
    ],
)
def test_what_follows_the_title_is_a_sentence_and_a_name_keeps_its_letters(said: list[str], sentence: str) -> None:
    assert text.alt("A title", said) == sentence


def test_one_of_a_kind_is_said_in_the_singular() -> None:
    assert Histogram("One", "", (3.0,), 3.0).alt.startswith("One. 1 pull request; median 3 h")
    assert Histogram("Two", "", (3.0, 3.0), 3.0).alt.startswith("Two. 2 pull requests; median 3 h")
