"""Numbers and dates as other languages write them; English is what holds without a language, to the letter."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from babel import UnknownLocaleError
from hypothesis import given
from hypothesis import strategies as st

from analytics import words
from analytics.charts import axis, frame
from analytics.charts.spans import span_name
from analytics.formats import formats
from analytics.window import Window
from analytics.words import speaking

NOW = datetime(2026, 7, 9, 1, 59, tzinfo=UTC)
NARROW, HARD = "\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}"
LANGUAGES = ("de", "fr", "pt_BR", "ja", "ru", "ar", "hi", "fa", "zh_Hant", "pl", "en_GB", "de_CH")


@pytest.mark.parametrize(
    ("language", "number", "fraction", "percent", "under", "day", "day_and_month", "month_and_year"),
    [
        ("en", "12,345", "9.5", "62 %", "under 1 %", "9 Jul 2026", "9 Jul", "Jul 2026"),
        ("de", "12.345", "9,5", f"62{HARD}%", f"under 1{HARD}%", "09.07.2026", "9. Juli", "Juli 2026"),
        ("fr", f"12{NARROW}345", "9,5", f"62{HARD}%", f"under 1{HARD}%", "9 juil. 2026", "9 juil.", "juil. 2026"),
        ("pt_BR", "12.345", "9,5", "62%", "under 1%", "9 de jul. de 2026", "9 de jul.", "jul. de 2026"),
        ("ja", "12,345", "9.5", "62%", "under 1%", "2026/07/09", "7/9", "2026/7"),
    ],
)
def test_how_languages_write(
    language: str,
    number: str,
    fraction: str,
    percent: str,
    under: str,
    day: str,
    day_and_month: str,
    month_and_year: str,
) -> None:
    with speaking(language):
        assert (words.number(12345), words.number(9.5)) == (number, fraction)
        assert words.plural(12345, "pull request") == f"{number} pull requests"
        assert (words.percent(0.62), words.percent(0.004)) == (percent, under)
        assert words.day(NOW) == day
        assert (words.day_and_month(NOW), words.month_and_year(NOW)) == (day_and_month, month_and_year)


@pytest.mark.parametrize(
    ("language", "large", "fraction", "negative"),
    [
        ("en", "1,234,567", "1,234,567.50", "-1,234,567"),
        ("hi", "12,34,567", "12,34,567.50", "-12,34,567"),
        ("en_IN", "12,34,567", "12,34,567.50", "-12,34,567"),
        ("de", "1.234.567", "1.234.567,50", "-1.234.567"),
    ],
)
def test_digits_stand_together_as_the_language_has_them(
    language: str, large: str, fraction: str, negative: str
) -> None:
    with speaking(language):
        assert (words.number(1_234_567), words.number(-1_234_567)) == (large, negative)
    assert formats(language).decimal(1_234_567.5, 2) == fraction
    assert formats(language).decimal(1_234_567, 0, grouped=False) == "1234567"


def test_words_units_and_iso_dates_stay() -> None:
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    with speaking("de"):
        assert words.duration(20_000) == "2,3 y"
        assert words.duration(137.75) == "5 d 18 h"
        assert words.ago(NOW - timedelta(days=12), NOW) == "12 d ago"
        assert words.span(window) == "2026-01-01 to 2026-03-31 UTC"
        assert words.during(window, NOW) == "from 01.01.2026 to 31.03.2026"
        assert (words.week(NOW), words.month(NOW)) == ("2026-W28", "2026-07")


def test_axes_and_figures_of_charts_obey() -> None:
    day, month, week = timedelta(days=1), timedelta(days=30), timedelta(days=7)
    with speaking("de"):
        assert frame.mark_labels([0, 5_000, 10_000]) == ["0", "5.000", "10k"]
        assert frame.mark_labels([0, 0.25, 0.5]) == ["0", "0,2", "0,5"]
        assert (frame.short(1_200_000), frame.brief(1_200)) == ("1,2M", "1,2k")
        assert axis.moment_label(NOW, day) == "09.07.2026"
        assert axis.moment_label(NOW, month) == "Juli 2026"
        assert axis.bucket_name(NOW, week) == "week of 09.07.2026"
        marks = axis.time_marks(datetime(2026, 3, 1, tzinfo=UTC), NOW, "month", 2)
        assert [label for _, label in marks] == ["März 2026", "Mai", "Juli"]
        assert span_name(date(2026, 6, 8), date(2026, 6, 16), year=True) == "08.06.2026\N{EN DASH}16.06.2026"
        assert span_name(date(2026, 6, 8), date(2026, 6, 8)) == "8. Juni"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_of_a_date_can_be_drawn(language: str) -> None:
    """The pictures' font has Latin, Greek and Cyrillic: a date in another script would be a row of dots."""
    with speaking(language):
        for month in range(1, 13):
            when = datetime(2026, month, 9, tzinfo=UTC)
            said = words.day(when) + words.day_and_month(when) + words.month_and_year(when) + words.month_name(when)
            assert all(ord(letter) < 0x530 for letter in said if letter.isalpha())
            assert "2026" in said


def test_one_language_does_not_colour_the_next() -> None:
    """Babel answers names of months that stand alone with those of the language before, in one process."""
    seen: dict[str, str] = {}
    for language in (*LANGUAGES, *LANGUAGES):
        with speaking(language):
            said = words.month_and_year(NOW)
            assert seen.setdefault(language, said) == said
    assert (seen["pl"], seen["ru"][:4]) == ("lip 2026", "июл.")


def test_a_language_ends_where_it_is_left_and_can_be_spoken_within_another() -> None:
    with speaking("de"):
        with speaking("en"):
            assert words.number(12345) == "12,345"
        assert words.number(12345) == "12.345"
        with pytest.raises(RuntimeError), speaking("fr"):
            raise RuntimeError
        assert words.number(12345) == "12.345"
    assert words.number(12345) == "12,345"


@given(st.floats(-1e12, 1e12), st.integers(0, 4))
def test_no_language_says_another_number(value: float, digits: int) -> None:
    plain = words.decimal(value, digits)
    for language, thousands, point in (("de", ".", ","), ("fr", NARROW, ","), ("ja", ",", ".")):
        with speaking(language):
            said = words.decimal(value, digits)
        back = said.replace(thousands, "").replace(point, ".")
        assert float(back) == float(plain.replace(",", ""))


def test_an_unknown_language_is_not_passed_over() -> None:
    with pytest.raises(UnknownLocaleError), speaking("xx"):
        pass


def test_english_imports_no_library() -> None:
    program = (
        "import sys, json; from analytics import words\n"
        "with words.speaking('en'): words.number(12345), words.percent(.6)\n"
        "print(json.dumps('babel' in sys.modules))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) is False
