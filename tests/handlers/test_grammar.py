"""What is a command in a comment, and what only looks like one."""

from __future__ import annotations

from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.grammar import MOST_CALLS, MOST_WORDS, Call, GrammarMistake, changed, parse


def words(text: str) -> list[tuple[str, ...]]:
    return [call.words for call in parse(text) if isinstance(call, Call)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/analytics", [()]),
        ("/Analytics Pulls 30d", [("Pulls", "30d")]),
        ("   /analytics", [()]),
        ("Thanks!\n\n/analytics 90d\n\nBye", [("90d",)]),
        ("Thanks!\n/analytics 90d\nBye", [("90d",)]),
        ("/analytics\r\n/analytics help\r\n", [(), ("help",)]),
        ("/analytics\r/analytics help", [(), ("help",)]),
        ("\ufeff/analytics", [()]),
        ("\u200b/analytics\u200b pulls\u200b", [("pulls",)]),
        ("/analytics\u00a0pulls", [("pulls",)]),
        ("/analytics\tpulls", [("pulls",)]),
        ("- one\n- two\n\n/analytics", [()]),
        ("- one\n\n  /analytics", [()]),
        ("- one\n/analytics", [()]),
        ("/analytics\n---", [()]),
        ("> quoted\n\n/analytics", [()]),
        ("```\ncode\n```\n/analytics", [()]),
        ("- ```\n  code\n/analytics", [()]),
        ("<!-- note -->\n/analytics", [()]),
        ("<!-- note --> text\n\n/analytics", [()]),
        ("some <b>bold</b>\n/analytics", [()]),
        ("a `code` span\n/analytics", [()]),
        ("a lone ` backtick\n/analytics", [()]),
        ("a List<String>\n/analytics", [()]),
        ("see [`f`](https://x.example/a_(b)) and\n\n/analytics", [()]),
        ("see [`f`](https://x.example/a) and `g`\n/analytics", [()]),
        ("<details>\n\nlog\n\n</details>\n\n/analytics", [()]),
        ('/analytics "time to merge" 30d', [("time to merge", "30d")]),
        ("/analytics “time to merge” 30d", [("time to merge", "30d")]),
        ("/analytics don't", [("don't",)]),
        ("/analytics -30d", [("-30d",)]),
        ('/analytics "open', [('"open',)]),
        ("/analytics pulls <!-- last month -->", [("pulls",)]),
    ],
)
def test_a_line_that_begins_with_the_command_is_one(text: str, expected: list[tuple[str, ...]]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "analytics",
        "/analyticsx",
        "/analytics-foo",
        "/analytics/help",
        "/analytic\u017f",
        "/\u200banalytics",
        "try /analytics",
        "- /analytics",
        "1. /analytics",
        "# /analytics",
        "    /analytics",
        "\t/analytics",
        "text\n    /analytics",
        "> /analytics",
        ">/analytics",
        "> quoted\n/analytics",
        "> > deep\n/analytics",
        "- > quoted in a list\n/analytics",
        "> - list in a quote\n/analytics",
        "> [!NOTE]\n> /analytics",
        "```\n/analytics\n```",
        "```\n/analytics",
        "````\n```\n/analytics\n```\n````",
        "~~~ bash\n/analytics\n~~~",
        "~~~\n```\n/analytics",
        "```\n    ```\n/analytics",
        "   ```\n/analytics\n   ```",
        "- ```\n  /analytics\n  ```",
        "- a\n\n  ```\n  /analytics\n  ```",
        "- ```\n  a\nb\n  ```\n/analytics",
        "`code\n/analytics\ncode`",
        "``a ` b\n/analytics``",
        "\\`` x\n/analytics\n`",
        "<!--\n/analytics\n-->",
        "<!-- a\n\n/analytics\n\n-->",
        "text <!-- a\n/analytics\n-->",
        "text <!-- a\n\n/analytics\n\n-->",
        "<!--\n/analytics",
        "<div>\n/analytics\n</div>",
        "<div>\n\n/analytics\n\n</div>",
        "<pre>\n\n/analytics\n\n</pre>",
        "<details><summary>x</summary>\n\n/analytics\n\n</details>",
        "<blockquote>\n\n/analytics\n\n</blockquote>",
        '<blockquote\nclass="x">\n\n/analytics\n\n</blockquote>',
        "<code>\n\n/analytics\n\n</code>",
        "some <code>\n/analytics",
        '<a title="x>\n/analytics">',
        "<script>\n\n/analytics\n</script>",
        "<?php\n/analytics\n?>",
        "<![CDATA[\n/analytics\n]]>",
        "<x-y>\n/analytics\n</x-y>",
        "[a](\n/analytics)",
        "[a]:\n/analytics",
        "[a](`) `\n/analytics\n`",
        "> " * 80 + "\n\n/analytics",
    ],
)
def test_code_quotes_and_html_are_no_commands(text: str) -> None:
    assert parse(text) == ()


def test_a_call_knows_its_first_word_and_its_line() -> None:
    assert parse("hello\n\n  /analytics Help pulls ") == (
        Call("help", ("Help", "pulls"), 3, "  /analytics Help pulls "),
    )


def test_at_most_five_commands_are_run_and_the_rest_is_said() -> None:
    calls = parse("\n".join(f"/analytics {days}d" for days in range(1, 9)))
    assert [call.words for call in calls[:MOST_CALLS] if isinstance(call, Call)] == [(f"{n}d",) for n in range(1, 6)]
    (mistake,) = calls[MOST_CALLS:]
    assert isinstance(mistake, GrammarMistake)
    assert mistake.sentence == "A comment can ask 5 things at once; this one asks 8, so the rest was left out."
    assert mistake.line == 6


def test_the_same_question_twice_is_one() -> None:
    assert words("/analytics pulls\n/analytics PULLS\n/analytics  pulls ") == [("pulls",)]


def test_too_many_words_are_a_mistake() -> None:
    (mistake,) = parse("/analytics" + " a" * (MOST_WORDS + 1))
    assert isinstance(mistake, GrammarMistake)
    assert mistake.sentence == "Line 1 has 26 words after `/analytics`; a command has at most 25."


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("/analytics", "/analytics", []),
        ("/analytics", "Please:\n\n/Analytics  \n", []),
        ("/analytics pulls\n/analytics issues", "/analytics issues\n/analytics pulls", []),
        ("/analytics pulls", "/analytics pulls 90d", [("pulls", "90d")]),
        ("/analytics pulls", "/analytics pulls\n/analytics issues", [("issues",)]),
        ("/analytics pulls", "", []),
        ("```\n/analytics\n```", "/analytics", [()]),
    ],
)
def test_an_edit_acts_only_on_what_it_changed(before: str, after: str, expected: list[tuple[str, ...]]) -> None:
    fresh = changed(parse(before), parse(after))
    assert [call.words for call in fresh if isinstance(call, Call)] == expected


MARK = "/analytics MARKWORD"
PIECES = st.sampled_from(
    ["/analytics MARKWORD{}", "/analytics MARKWORD{}\n", "\n", "\n", "\n\n", " ", "   ", "    ", "\t", "a",
     "text", "`", "``", "```", "````", "~~~", "> ", ">", "- ", "* ", "+ ", "1. ", "2) ", "-", "---", "===",
     "***", "#", "## ", "<", ">", "<b>", "</b>", "<code>", "</code>", "<div>", "</div>", "<pre>", "</pre>",
     "<details>", "</details>", "<!--", "-->", "--", "<?", "?>", "<!A", "<![CDATA[", "]]>", "<script>",
     "</script>", "<a href='", '<a b="', "'", '"', "'>", "\\", "[", "]", "](", "](x)", "[a](b)", ")", "!", "*",
     "_", "<http://x>", "<x", "x>", "\r\n", "\r", "&lt;", "|", "<blockquote>", "</blockquote>", "\u200b",
     "\u00a0", "\x0b", "\x0c", "\x00", "é", "\U0001f600", "<br>", "<x/>", "~", "\n  ", "\n> "]
)  # fmt: skip
COMMENTS = st.lists(PIECES, max_size=25).map(
    lambda pieces: "".join(piece.replace("{}", f"Q{place}Q") for place, piece in enumerate(pieces))
)


class Shown(HTMLParser):
    """Where in rendered HTML each text stands: collects the text that has no code, quote or HTML around it."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.plain: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"br", "hr", "img", "p"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"code", "pre", "blockquote", "script", "style"}.intersection(self.open):
            self.plain.append(data)


@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(COMMENTS)
def test_no_command_is_ever_found_in_code_quotes_or_html(text: str) -> None:
    """Judged by GitHub's own renderer: the line of every command found is text outside code, quotes and HTML."""
    calls = [call for call in parse(text) if isinstance(call, Call)]
    if not calls:
        return
    html = cmarkgfm.markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    shown = Shown()
    shown.feed(html)
    shown.close()
    plain = "".join(shown.plain)
    for call in calls:
        assert call.words
        first = call.words[0].partition("Q")
        token = first[0] + "Q" + first[2].partition("Q")[0] + "Q"
        assert f"/analytics {token}" in plain, (html, call)


@settings(max_examples=2_000, deadline=None)
@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    parse("/analytics\n" + text + "\n/analytics")


@pytest.mark.parametrize(
    "piece",
    ["/analytics\n", "/analytics ", "`", "` ``", "```\n", "~~~\n", "<", "<a ", "<a b='", '<a b="', "<!--",
     "<!-- --", "<?", "> ", ">", "- ", "1. ", "-", "* ", "_", " ", "\t", "\n", "\r", "\n\n ", "[", "](",
     "[a](", "\\", "\\`", "<div>\n", "</div>", "<b>", "</b>", "<b></b>", "é", "\U0001f600", "\u200b", "a ",
     '"', '" ', "#", "=\n", "a\n=\n", "&", "-->", "--", "<!A", "\n> ", "\n- ", " \n", "> \n", "- a\n", "`\n",
     "<a\n", "<a b\n", "]["]
)  # fmt: skip
@pytest.mark.timeout(20)
def test_the_largest_comment_is_read_in_linear_time(piece: str) -> None:
    """Quadratic time over 65,536 characters would take minutes, so that the time-out ends it."""
    whole = piece * (65_536 // len(piece) - 3)
    for text in ("/analytics\n" + whole, whole + "\n\n/analytics", "- " * 50 + "\n/analytics\n" + whole):
        calls = parse(text[:65_536])
        assert len(calls) <= MOST_CALLS + 1
