"""What holds for every picture, whatever it shows."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys

import pytest
from PIL import Image

from analytics.charts.canvas import drawn, measure, render
from analytics.charts.layout import HEADING, LABEL, STRONG, TITLE, WIDTH
from analytics.charts.palette import SIZE
from analytics.charts.theme import LEGIBLE, THEMES, ThemeName, channels, contrast
from tests.analytics.charts.reading import colours, texts_stand_apart, words
from tests.analytics.charts.samples import CHARTS, LOGINS, WEEKS

KINDS = (
    *("bars", "ranked", "histogram", "heatmap", "line", "panels", "chart", "series", "text", "theme", "axis", "pen"),
    *("daily", "weekly", "rhythm", "ranks", "multiples"),
    *("survival", "slope", "dots", "mermaid", "buckets", "dated_mermaid", "standins"),
)

every_chart = pytest.mark.parametrize("name", CHARTS)
every_theme = pytest.mark.parametrize("theme", THEMES)


@every_chart
@every_theme
def test_a_picture_is_a_light_palette_png_and_each_of_its_texts_is_legible(name: str, theme: ThemeName) -> None:
    canvas = drawn(CHARTS[name], theme)
    data = canvas.sheet.png()
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.format, picture.mode, picture.width) == ("PNG", "P", WIDTH)
        assert picture.info.keys() <= {"transparency"}
        assert len(picture.getcolors() or ()) <= SIZE
    assert len(data) < 60_000
    for text in canvas.written:
        assert contrast(text.ink, text.ground) >= LEGIBLE, text.text


@every_chart
def test_the_same_chart_gives_the_same_bytes_and_no_text_leaves_it_or_touches_another(name: str) -> None:
    canvas = drawn(CHARTS[name], "light")
    texts_stand_apart(canvas)
    assert render(CHARTS[name], "light") == canvas.sheet.png()


def test_a_fresh_process_gives_the_same_bytes() -> None:
    code = """
from hashlib import sha256
from analytics.charts.canvas import render
from tests.analytics.charts.samples import CHARTS
print(sha256(b"".join(render(CHARTS[name], "dark") for name in ("ranked", "heatmap", "panels"))).hexdigest())
"""
    answers = {subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout for _ in range(2)}
    assert len(answers) == 1


@every_theme
def test_the_themes_own_colours_survive_the_palette(theme: ThemeName) -> None:
    tokens = THEMES[theme]
    own = {channels(colour) for colour in (tokens.background, tokens.blue, tokens.violet)}
    assert own <= colours(CHARTS["bars"], theme)


def test_a_title_too_long_for_a_line_takes_two_and_the_picture_grows() -> None:
    canvas = drawn(CHARTS["ranked long"], "light")
    title = [text.text for text in canvas.written if text.type == TITLE]
    assert len(title) == 2
    assert title[1].endswith("…")
    assert canvas.area.bottom > drawn(CHARTS["ranked"], "light").area.bottom


def test_long_names_are_cut_with_an_ellipsis() -> None:
    texts = words(CHARTS["heatmap 40 x 40"])
    assert not set(LOGINS) & set(texts)
    assert any(LOGINS[0].startswith(text[:-1]) and text.endswith("…") for text in texts if len(text) > 5)


def test_a_panel_has_its_own_heading() -> None:
    headings = [text.text for text in drawn(CHARTS["panels"], "light").written if text.type == HEADING]
    assert headings == [CHARTS[name].title for name in ("bars", "histogram", "line", "ranked")]


@pytest.mark.parametrize(
    "name",
    [
        "no bars",
        "nobody ranked",
        "no durations",
        "no pairs",
        "no line",
        "no panels",
        "no survival",
        "no slope",
        "no dots",
    ],
)
def test_an_empty_chart_says_so_in_the_picture_the_alt_text_and_the_table(name: str) -> None:
    chart = CHARTS[name]
    assert "Nothing in this window" in words(chart, "dark")
    assert "Nothing" in chart.alt
    assert chart.text() == "Nothing in this window."


def test_lines_are_labelled_where_they_end_with_their_last_value() -> None:
    strong = {text.text for text in drawn(CHARTS["line"], "light").written if text.type == STRONG}
    assert {"issues", str(29 * 37 % 30)} <= strong


def test_an_unknown_span_says_no_data() -> None:
    assert "no data" in words(CHARTS["bars with a gap"])
    assert len(WEEKS) == 30


def test_a_chart_can_be_sent_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(CHARTS)) == CHARTS


def test_kinds_of_chart_import_neither_matplotlib_nor_numpy_nor_pandas() -> None:
    """The server reads charts' titles and alt texts; drawing happens in other processes."""
    modules = ", ".join(f"analytics.charts.{kind}" for kind in KINDS)
    code = f"import sys, {modules}; print(sorted({{'matplotlib', 'numpy', 'PIL', 'pandas'}} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "[]"


def test_names_in_other_scripts_are_drawn_with_other_fonts_and_never_as_boxes() -> None:
    """Cyrillic is in our own font, Hebrew in DejaVu Sans; what has no shape leaves no trace; nothing warns."""
    assert measure("Юрий", LABEL)[0] > 0
    assert measure("עברית", LABEL)[0] > 0
    assert measure("\ue000\ue001", LABEL)[0] == 0
    assert measure("î\u1b34 x", LABEL)[0] > 0


def test_the_same_figure_in_two_weights_is_two_pictures() -> None:
    canvas = drawn(CHARTS["no bars"], "light")
    assert canvas.width("1,617", STRONG) != canvas.width("1,617", LABEL)
