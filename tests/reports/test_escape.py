"""Whatever people write is shown as text: no mention, no reference, no link, no HTML, no broken table."""

from __future__ import annotations

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.escape import clean, code, text
from tests.reports.rendered import Page, must_be_harmless


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plain words, 12,345 of them (n = 12): 62 %", "plain words, 12,345 of them (n = 12): 62 %"),
        ("most come from o/r#5: 3 views", "most come from `o/r#5`: 3 views"),
        ("thanks @octocat!", "thanks `@octocat`!"),
        ("see #12", "see `#12`"),
        ("see owner/repo#12", "see `owner/repo#12`"),
        ("see GH-12", "see `GH-12`"),
        ("since 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", "since `0a1b2c3d4e5f60718293a4b5c6d7e8f901234567`"),
        ("https://github.com/o/r/issues/1", "`https://github.com/o/r/issues/1`"),
        ("www.example.com", "`www.example.com`"),
        ("me@example.com", "`me@example.com`"),
        ("<b>bold</b> & more", "&lt;b&gt;bold&lt;/b&gt; &amp; more"),
        ("a|b", "a&#124;b"),
        ("*not* _this_ ~~or~~ `that`", r"\*not\* \_this\_ \~\~or\~\~ \`that\`"),
        ("[a](javascript:x)", r"\[a\](javascript:x)"),
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("1986. A year", r"1986\. A year"),
        ("two\nlines\r\nand\ttabs", "two lines and tabs"),
        ("right\u202eto\u202cleft\u200b\u2066", "righttoleft"),
        ("null\x00 and bell\x07", "null and bell"),
        ("math $x$", "math `$x$`"),
        ("family \U0001f468\u200d\U0001f469\u200d\U0001f467", "family \U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("@oc\u200dtocat", "`@octocat`"),
        ("", ""),
    ],
)
def test_text_reads_as_it_was_written(written: str, expected: str) -> None:
    assert text(written) == expected
    assert Page(expected).all.strip() == clean(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("quartz-otter", "`quartz-otter`"),
        ("dependabot[bot]", "`dependabot[bot]`"),
        ("a`b", "`` a`b ``"),
        ("a|b", "`a`&#124;`b`"),
        ("two\nlines", "`two lines`"),
        ("@a" + "`" * 79 + "@b", "`" * 80 + " @a" + "`" * 79 + "@b " + "`" * 80),
        ("@a" + "`" * 80 + "@b", "`@a`" + "\\`" * 80 + "`@b`"),
        ("`" * 200 + "@b", "\\`" * 200 + "`@b`"),
        ("`" * 90, "\\`" * 90),
        ("", "`(empty)`"),
    ],
)
def test_a_name_is_a_code_span(written: str, expected: str) -> None:
    assert code(written) == expected
    must_be_harmless(expected)
    must_be_harmless(text(written))


WRITTEN = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            ["@octocat", "#12", "o/r#1", "GH-1", "gh-22", "deadbeef", "0123456",
             "https://github.com/o/r/issues/1", "www.x.y", "http://", "a@b.cd", "mailto:a@b.cd", "<b>",
             "</td>", "<!--", "-->", "<img src=x>", "|", "\\", "\\|", "`", "``", "*", "**", "_", "~~", "[",
             "](x)", "![", "[^1]", "- ", "+ ", "1. ", "# ", "> ", "=", "---", "\n", "\n\n", "\r", "\t", "    ",
             "&amp;", "&#64;x", "&commat;x", "$", "$x$", "\u202e", "\u200b", "\u200d", "\x00", "\x7f",
             "\ud800", "é", "word", " ", ":+1:", "/analytics", "GHSA-aaaa", ".", ")", "!", "{", "}"]
        ),
        max_size=14,
    ).map("".join),
)  # fmt: skip


@settings(max_examples=3_000, deadline=None)
@given(WRITTEN)
def test_nothing_that_was_written_becomes_anything_but_text(written: str) -> None:
    """In a sentence and in a table's cell, judged on the HTML of GitHub's own renderer."""
    for harmless in (text(written), code(written), f"**{text(written) or '-'}**"):
        must_be_harmless(harmless)


@settings(max_examples=1_000, deadline=None)
@given(WRITTEN)
def test_every_visible_character_is_still_there(written: str) -> None:
    shown = Page(f"x {text(written)} x").all
    assert " ".join(shown.split()) == f"x {clean(written)} x".replace("x  x", "x x")


def test_a_large_text_is_escaped_at_once() -> None:
    assert len(text("@" * 65_536)) == 65_538
    assert html.unescape(text("<" * 65_536)) == "<" * 65_536
