"""Names in any script: drawn with whatever font has them, and with something to read where none has; never boxes."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import get_font
from PIL import Image

from analytics.charts import canvas
from analytics.charts.canvas import drawn, measure, render
from analytics.charts.fitting import normal, printable
from analytics.charts.layout import LABEL, STRONG
from analytics.charts.ranked import Ranked, RankedRow
from analytics.charts.standins import clusters, spelled
from analytics.charts.theme import THEMES, ThemeName
from tests.analytics.charts.anything import swift
from tests.analytics.charts.reading import texts_have_room

SCRIPTS = {
    "Chinese": "\u4e2d\u6587",
    "Japanese": "\u65e5\u672c\u8a9e\u306e\u540d\u524d",
    "Korean": "\ud55c\uad6d\uc5b4",
    "Arabic": "\u0645\u0631\u062d\u0628\u0627",
    "Hebrew": "\u05e2\u05d1\u05e8\u05d9\u05ea",
    "Devanagari": "\u0915\u094d\u0937\u0947\u0924\u094d\u0930",
    "Thai": "\u0e44\u0e17\u0e22",
    "emoji": "\U0001f680 \U0001f98a",
    "family": "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "flag": "\U0001f1ef\U0001f1f5",
    "skin": "\U0001f44d\U0001f3fd",
    "marks": "z\u0331\u0323 e\u0301 \u00ee\u1b34",
    "a site": "\u4f8b\u3048.jp",
}


def latin(character: str) -> bool:
    """Stand for a machine with our own font only."""
    return ord(character) < 0x250


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\u4f8b\u3048.jp", "xn--r8jz45g.jp"),
        ("\u4e2d\u6587.\u4f8b\u3048.com", "xn--fiq228c.xn--r8jz45g.com"),
        ("318 on 19 Jun \u00b7 \u4f8b\u3048.jp", "318 on 19 Jun \u00b7 xn--r8jz45g.jp"),
        ("\u4e2d\u6587", "U+4E2D U+6587"),
        ("\u65e5\u672c\u8a9e\u306e\u540d\u524d", "U+65E5 U+672C U+8A9E U+306E\u2026"),
        ("v1.\u4e2d\u6587 2", "v1.xn--fiq228c 2"),
        ("1.5 \u4e2d.", "1.5 U+4E2D."),
        ("\U0001f680", ":rocket:"),
        ("\U0001f98afox, \U0001f680!", ":fox face: fox, :rocket:!"),
        ("\U0001f680\U0001f680", ":rocket: :rocket:"),
        ("\U0001f1ef\U0001f1f5 team", ":JP: team"),
        ("\U0001f469\U0001f467", ":woman: :girl:"),
        ("o\u1b34k", "ok"),
        ("\u1b34", "U+1B34"),
        ("\U0001fae8", "U+1FAE8"),
        ("plain text", "plain text"),
    ],
)
def test_what_no_font_has_is_written_so_that_it_can_be_read(text: str, expected: str) -> None:
    assert spelled(text, latin) == expected


def test_a_label_that_nobody_could_register_is_encoded_all_the_same() -> None:
    """IDNA allows 63 characters; this one has 70."""
    shown = spelled("\u4e2d" * 70 + ".jp", latin)
    assert shown.startswith("xn--")
    assert shown.endswith(".jp")
    assert shown.isascii()


@pytest.mark.parametrize("fonts", ["of this machine", "our own alone"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_leaves_ink_and_no_box(name: str, fonts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: every character that is drawn is in one of the files it is drawn from."""
    if fonts == "our own alone":
        monkeypatch.setattr(canvas, "_elsewhere", dict)
    canvas.prepared.cache_clear()
    try:
        shown, face = canvas.prepared(SCRIPTS[name], LABEL)
        known = set().union(*(get_font(file).get_charmap() for file in face.files))
        assert shown.strip()
        assert {ord(character) for character in shown} <= known
    finally:
        canvas.prepared.cache_clear()
        measure.cache_clear()


@pytest.mark.parametrize("theme", THEMES)
def test_a_picture_of_many_scripts_has_room_for_every_name(theme: ThemeName) -> None:
    rows = tuple(RankedRow(name, 90 - place) for place, name in enumerate(SCRIPTS.values()))
    chart = Ranked("Two of \u4e2d\u6587 and \U0001f680", "quartz-labs/otter \u00b7 \u65e5\u672c", rows, "commits")
    texts_have_room(chart)
    with Image.open(io.BytesIO(render(chart, theme))) as picture:
        background = picture.convert("RGB").getpixel((0, 0))
        for text in drawn(chart, theme).written:
            box = text.box.inside(left=-2, right=-2)
            ink = picture.convert("RGB").crop((int(box.left), int(box.top), int(box.right) + 1, int(box.bottom) + 1))
            assert {colour for _, colour in ink.getcolors(1 << 16) or ()} != {background}, text.text


def test_arabic_is_joined_and_runs_from_right_to_left() -> None:
    """Expected: four letters written as a word are narrower than apart, and the first of them stands at the right."""
    word = "\u0628\u0628\u0628\u0627"  # three times beh, whose single form is wide, then alef, a thin upright stroke
    assert measure(word, LABEL)[0] < 0.8 * sum(measure(letter, LABEL)[0] for letter in word)
    clean, face = canvas.prepared(word, LABEL)
    image, *_ = canvas._bitmap(clean, face.files, 40)
    height = (image > 128).sum(axis=0)
    assert (
        height[: len(height) // 4].max() > 1.5 * height[len(height) // 2 :].max()
    )  # alef, the last letter, at the left


def test_a_site_is_cut_after_it_was_spelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected: the beginning of the registered name, not the registered form of a beginning."""
    monkeypatch.setattr(canvas, "_elsewhere", dict)
    canvas.prepared.cache_clear()
    measure.cache_clear()
    try:
        sheet = drawn(Ranked("", "", (RankedRow("\u4f8b\u3048" * 20 + ".jp", 1),), "commits"), "light")
        whole = sheet.shown("\u4f8b\u3048" * 20 + ".jp")
        cut = next(text.text for text in sheet.written if text.text.startswith("xn--"))
        assert cut.endswith("\u2026")
        assert whole.startswith(cut[:-1])
    finally:
        canvas.prepared.cache_clear()
        measure.cache_clear()


def test_unassigned_and_private_characters_and_skin_colours() -> None:
    assert printable("a\ue000b") == "ab"
    assert printable(SCRIPTS["skin"]) == "\U0001f44d"
    assert measure("\ue000\ue001", LABEL)[0] == 0
    assert measure("\U0001fae8", LABEL)[0] > 0


@given(st.text(max_size=12))
@swift
def test_no_text_warns_and_what_is_shown_stays_as_it_is(text: str) -> None:
    """A warning would be a box; a text that changed again would be cut at the wrong place."""
    shown, _ = canvas.prepared(text, STRONG)
    assert canvas.prepared(shown, STRONG)[0] == normal(shown)


def test_letters_keep_their_marks() -> None:
    assert clusters("a\u0301b\u0915\u094d") == ["a\u0301", "b", "\u0915\u094d"]
