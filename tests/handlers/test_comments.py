"""Ten thousand comments, put together at random: nothing raises, nothing hidden is a command, no mistake is a dead end.

The default run takes a tenth of them. All ten thousand, and any number more:

    ALMANAC_COMMENTS=10000 python -m pytest -q tests/handlers/test_comments.py
"""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.metrics import all_metrics
from handlers.commands import all_commands, command_for
from handlers.grammar import Call, GrammarMistake, parse
from reports.metric_names import names_of
from reports.mistake import Mistake
from reports.options import KEYS
from reports.period import FORMS
from reports.sentences import mistake as reply
from tests.handlers.thread import Thread

COMMENTS_TRIED = int(os.environ.get("ALMANAC_COMMENTS", "1000"))

MARK = re.compile(r"/analytics (MARKWORDQ\d+Q)")
PIECES = st.sampled_from(
    ["/analytics MARKWORD{}", "/analytics MARKWORD{}\n", "\n", "\n", "\n\n", " ", "   ", "    ", "\t", "a",
     "text", "`", "``", "```", "````", "~~~", "> ", ">", "- ", "* ", "+ ", "1. ", "2) ", "-", "---", "===",
     "***", "#", "## ", "<", ">", "<b>", "</b>", "<code>", "</code>", "<div>", "</div>", "<pre>", "</pre>",
     "<details>", "</details>", "<!--", "-->", "--", "<?", "?>", "<!A", "<![CDATA[", "]]>", "<script>",
     "</script>", "<a href='", '<a b="', "'", '"', "'>", "\\", "[", "]", "](", "](x)", "[a](b)", ")", "!", "*",
     "_", "<http://x>", "<x", "x>", "\r\n", "\r", "&lt;", "|", "<blockquote>", "</blockquote>", "\u200b",
     "\u00a0", "\x0b", "\x0c", "\x00", "é", "\U0001f600", "<br>", "<x/>", "~", "~~", "$", "$$",
     "\n  ", "\n> ", "|-|\n", "-|-\n", "\n--|--\n", ":-\n", "a|b\n-|-\n", "a\\|b|"]
)  # fmt: skip
SCRAPS = st.lists(PIECES, max_size=25).map(
    lambda pieces: "".join(piece.replace("{}", f"Q{place}Q") for place, piece in enumerate(pieces))
)


# Whole lines, so that what begins and ends blocks meets commands often.
BLOCKS = st.lists(
    st.one_of(
        st.just("/analytics MARKWORD{}"),
        st.sampled_from(
            ["", "text", "> text", ">", "> - a", "- a", "- > a", "  a", "1. a", "    code", "# a", "===", "---", "***",
             "```", "````", "~~~", "> ```", "- ```", "  ```", "`open", "shut`", "``", "<!--", "-->", "<!-- a -->",
             "a <!--", "<div>", "</div>", "<pre>", "</pre>", "<code>", "</code>", "a <code>", "<details>", "</details>",
             "<b", "x='", "'>", "<blockquote>", "</blockquote>", "<?", "?>", "<script>", "</script>", "<a-b>",
             "[a](", ")",
             "[a]:", "\\`",
             "   /analytics MARKWORD{}", "    /analytics MARKWORD{}", "> /analytics MARKWORD{}",
             "- /analytics MARKWORD{}", "<p>/analytics MARKWORD{}</p>", "`/analytics MARKWORD{}`"]
        ),
    ),
    max_size=9,
).map(lambda lines: "\n".join(line.replace("{}", f"Q{place}Q") for place, line in enumerate(lines)))  # fmt: skip


# Tables and what is struck out, which only GitHub's extensions know, among what ends or hides them.
EXTENSIONS = st.lists(
    st.one_of(
        st.just("/analytics MARKWORD{}"),
        st.sampled_from(
            ["", "text", "a | b", "--|--", "|a|b|", "|--|:-:|", "|-|", "| a |", ":-", "x\\|y | z", "| `a | b` |",
             "- a | b", "  --|--", "  a | b", "> a | b", "> --|--", "     --|--", "2. x", "-", "===", "---",
             "   ```", "```", "# a", "| <blockquote> | <b> |", "x | </div>", "<div>", "<b>", "| a | b | </details>",
             "<details>", "`a", "b`", "~~gone", "gone~~", "~one", "one~", "~~", "~5 a~b", "\\~~", "a|b|c", "-|-|-",
             "    /analytics MARKWORD{}", "/analytics MARKWORD{} | b", "| /analytics MARKWORD{} |",
             "~~/analytics MARKWORD{}~~", "> x", "||", "|"]
        ),
    ),
    max_size=9,
).map(lambda lines: "\n".join(line.replace("{}", f"Q{place}Q") for place, line in enumerate(lines)))  # fmt: skip

HIDDEN = frozenset({"code", "pre", "blockquote", "script", "style", "table", "del"})


class Shown(HTMLParser):
    """Where in rendered HTML each text stands: collects what is in no code, quote, HTML, table or line through it."""

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
        if not HIDDEN.intersection(self.open):
            self.plain.append(data)


@settings(max_examples=COMMENTS_TRIED, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.one_of(SCRAPS, BLOCKS, EXTENSIONS))
def test_no_command_is_ever_found_in_code_quotes_or_html(text: str) -> None:
    """Judged by GitHub's own renderer, without and with its extensions: the line of every command is plain text."""
    calls = [call for call in parse(text) if isinstance(call, Call)]
    if not calls:
        return
    for renderer in (cmarkgfm.markdown_to_html, cmarkgfm.github_flavored_markdown_to_html):
        html = renderer(text, options=Options.CMARK_OPT_UNSAFE)
        shown = Shown()
        shown.feed(html)
        shown.close()
        plain = "".join(shown.plain)
        for call in calls:
            token = MARK.search(call.raw)
            assert token is not None, call
            assert f"/analytics {token[1]}" in plain, (html, call)


PLAIN = st.lists(st.sampled_from(["text", "", "a $5 bill", "- a", "> b", "US$ 7", "| a |"]), max_size=4)
FORMULA = st.sampled_from(["x = 1", "\\frac{a}{b}", "/analytics MARKWORD", "a & b"])


@settings(max_examples=COMMENTS_TRIED // 10, deadline=None)
@given(PLAIN, st.lists(FORMULA, min_size=1, max_size=4), st.booleans(), st.booleans(), PLAIN)
def test_no_command_is_ever_found_between_two_lines_of_dollars(
    before: list[str], formula: list[str], apart: bool, indented: bool, after: list[str]
) -> None:
    """No renderer here knows GitHub's math. Blocks of it hide nothing but themselves."""
    dollars = "  $$" if indented else "$$"
    inner = ["", *formula, ""] if apart else formula
    math = [*before, "", dollars, *inner, dollars, ""]
    assert parse("\n".join([*math, *after])) == ()
    both = parse("\n".join([*math, "/analytics pulls", "", *math, "/analytics issues", "", *after]))
    assert [call.raw for call in both] == ["/analytics pulls", "/analytics issues"]


# What people write, well and badly, so that every reader behind the grammar is reached.
WORDS = st.one_of(
    st.sampled_from(
        [*all_metrics(), *all_commands(), *FORMS, *KEYS, *(f"{key}=x" for key in KEYS), *KEYS.values(),
         "pulz", "isseus", "-30d", "don't", "3mo", "2027", "2026-13", "2025-W53", "2026-Q5", "..", "2026-01-01..",
         "2026-Q2..2026-Q1", "autor=x", "=", "a=b", "vs=", 'label=""', 'label="a b",c', "label=\u201ca b\u201d", 'vs="',
         "csv", "json", "xlsx", "scope=all", "in=x", "in=o/r", "vs=o/r", "vs=2025", "team=a/b/c", "author=@me",
         "author=a b", "--author=x", "author:x", "week",
         "base=" + "x" * 300, "label=" + ",".join("abcdefghijklmnopqrstuv"),
         "999999d", "0d", "1970", "9999", "\u0661d", "path=/docs", "path=docs",
         "a`<b>`c", "base=``<i>``x`<b>"]
    ),
    st.text(max_size=12),
    st.text("0123456789-.dwmyqQWTZ:\u2026+", max_size=20),
    st.builds(lambda key, value: f"{key}={value}", st.sampled_from(list(KEYS)), st.text(max_size=12)),
)  # fmt: skip
LINES = st.lists(WORDS, max_size=6).map(lambda words: " ".join(["/analytics", *words]))
COMMENTS = st.lists(st.one_of(LINES, st.sampled_from(["text", "", "> /analytics", "```", "<b>"])), max_size=7).map(
    "\n".join
)


async def done(text: str) -> list[tuple[Call, Thread | Mistake]]:
    """Run every command of a comment; what a person got wrong is part of the result, anything else raises."""
    outcomes: list[tuple[Call, Thread | Mistake]] = []
    for call in parse(text):
        if isinstance(call, GrammarMistake):
            assert "`/analytics" in call.sentence or "5 things at once" in call.sentence
            continue
        thread = Thread()
        try:
            await command_for(call).run(thread, call)
            outcomes.append((call, thread))
        except Mistake as wrong:
            outcomes.append((call, wrong))
    return outcomes


@settings(max_examples=COMMENTS_TRIED, deadline=None, suppress_health_check=list(HealthCheck))
@given(COMMENTS)
async def test_every_comment_is_answered_or_gets_a_mistake_with_a_remedy(text: str) -> None:
    for _, outcome in await done(text):
        if isinstance(outcome, Thread):
            assert outcome.done == 1
            continue
        assert outcome.sentence.endswith(".")
        assert outcome.usage.startswith("/analytics")
        answer = reply(outcome)
        assert f"Usage: `{outcome.usage}`" in answer
        assert outcome.nearest is None or "Did you mean" in answer
        assert len(answer) < 2_000
        assert parse(answer) == (), "what we say must never be a command"
        html = cmarkgfm.github_flavored_markdown_to_html(answer, options=Options.CMARK_OPT_UNSAFE)
        assert not re.search(r"<(?!/?(?:p|code|sub)>)", html), "what somebody wrote is shown, not rendered"


@pytest.mark.parametrize("name", sorted(names_of(all_metrics())))
async def test_one_slip_of_the_keyboard_finds_the_metric(name: str) -> None:
    """Two letters in the wrong order, in any place but the first, and something that there is is named."""
    for place in range(1, len(name) - 1):
        slip = name[:place] + name[place + 1] + name[place] + name[place + 2 :]
        if slip in names_of(all_metrics()) or slip in all_commands():
            continue
        ((_, wrong),) = await done(f"/analytics {slip}")
        assert isinstance(wrong, Mistake), slip
        assert wrong.nearest is not None, slip
