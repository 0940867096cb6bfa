"""Comments, from their text to questions: whatever is found there is what a reader sees on the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from analytics.metrics import all_metrics
from analytics.window import BEGINNING
from handlers.command import AskedRepository
from handlers.commands.metric import question_of
from handlers.grammar import MOST_CALLS, MOST_WORDS, Call, GrammarMistake, changed, parse
from reports.escape import code
from reports.mistake import Mistake
from reports.question import Question
from tests.fuzz.target import Check, Target
from tests.reports.rendered import must_be_harmless, rendered

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
NAME = re.compile("(?ai:/analytics)")
STANDS_FOR_IT = "/qzqzqzqzq"  # as long as the command's name, and of no other meaning in Markdown
LINE = re.compile(r"\r\n|\n|\r")
HIDDEN = {"code", "pre", "blockquote", "table", "del", "s", "strike", "script", "style"}
TEXT = "-text"


@dataclass(frozen=True)
class Here:
    id: int = 7
    owner: str = "o"
    name: str = "r"


class Asked:
    """What a command knows of where it was asked."""

    now = NOW
    repository: AskedRepository = Here()

    async def answer(self, question: Question) -> None:
        raise NotImplementedError(f"{question} is only read here")

    def say(self, markdown: str) -> None:
        raise NotImplementedError(f"{markdown} is said by no question")


def is_seen(comment: str, call: Call) -> bool:
    """Tell whether a reader of the comment sees this command as plain text.

    GitHub's own renderer makes HTML of the comment, and a parser that follows the standard makes of that what browsers
    show; in the command's place stands a word that is nowhere else.
    """
    begins, ends = place_of(comment, call.line)
    line = NAME.sub(STANDS_FOR_IT, comment[begins:ends], count=1)
    body = LexborHTMLParser(rendered(comment[:begins] + line + comment[ends:])).body
    return body is not None and any(
        STANDS_FOR_IT in node.text(deep=False) and not HIDDEN.intersection(around(node))
        for node in body.traverse(include_text=True)
        if node.tag == TEXT
    )


def around(node: LexborNode) -> Iterator[str]:
    """Yield the names of all elements that a text stands in."""
    parent = node.parent
    while parent is not None:
        if parent.tag is not None:
            yield parent.tag
        parent = parent.parent


def place_of(comment: str, line: int) -> tuple[int, int]:
    """Return where a line, counted from 1, begins and ends."""
    begins = 0
    for number, end in enumerate(LINE.finditer(comment), start=1):
        if number == line:
            return begins, end.start()
        begins = end.end()
    return begins, len(comment)


def ask(call: Call) -> None:
    """Make a question of a command, or have a mistake told in harmless Markdown."""
    try:
        question = question_of(Asked(), call, call.words)  # type: ignore[arg-type]  # it asks for no more than this
    except Mistake as mistake:
        must_be_harmless(mistake.sentence)
        if mistake.nearest is not None:
            must_be_harmless(code(mistake.nearest))
        return
    assert BEGINNING <= question.window.since < question.window.until <= NOW
    assert set(question.metrics) <= set(all_metrics())


def check(data: bytes) -> None:
    """Hold one comment to it."""
    comment = data.decode("utf-8", "replace")
    found = parse(comment)
    assert len(found) <= MOST_CALLS + 1
    assert changed(found, found) == ()
    lines = LINE.split(comment.removeprefix("\ufeff"))
    for call in found:
        assert lines[call.line - 1] == call.raw, (comment, call)
        if isinstance(call, GrammarMistake):
            must_be_harmless(call.sentence.replace("`/analytics [metric …] [period] [key=value …]`", "`usage`"))
            continue
        assert len(call.words) + len(call.options) <= MOST_WORDS
        if STANDS_FOR_IT not in comment:
            assert is_seen(comment, call), (comment, call)
        ask(call)


@contextmanager
def opened(_folder: Path) -> Iterator[Check]:
    """Nothing is kept."""
    all_metrics()
    yield check


TARGET = Target(
    "a command is found only where readers see plain text; it is a question, or a mistake told in harmless words",
    opened,
    seeds=(
        b"/analytics", b"Thanks!\n\n/analytics 90d\n\nBye", b"/Analytics Pulls 30d\r\n/analytics help\r\n",
        b"> quoted\n\n/analytics", b"```\ncode\n```\n/analytics", b"- one\n- two\n\n  /analytics",
        b"`a\n/analytics\nb`", b"<details>\n\nlog\n\n</details>\n\n/analytics", b"<!-- note -->\n/analytics",
        b"a | b\n--|--\n1 | 2\n\n/analytics", b"[a\n/analytics\nb](https://x.example)", b"~~a\n/analytics\nb~~",
        b"$$\nx\n$$\n\n/analytics", b'/analytics "time to merge" 30d label="good first issue",bug author=octocat',
        b"/analytics compare 2026-Q1 2025-Q1 base=main", b"/analytics pulls 2026-01-01..2026-03-31 vs=year",
        b"/analytics traffic 1y scope=org", b"/analytics in=o/other pulls",
        b"/analytics waiting team=core path=src/**",
        b"/analytics pulls issues 12w\n/analytics\n/analytics 1y\n/analytics ytd\n/analytics all\n/analytics 6m",
        b"text\n<div>\n/analytics\n</div>\n\n/analytics", b"# h\n/analytics\n===\n", b"[x]: y\n/analytics 'z'",
        b"1) a\n\n   ```\n   /analytics\n\n/analytics", b"a\\\n/analytics", b"<a href='\n/analytics'>",
        "\u200b/analytics\u200b pulls".encode(),
    ),
    words=(
        b"/analytics", b"\n/analytics", b"\n/analytics ", b"\n\n", b"\n", b"\r", b"\r\n", b" ", b"    ", b"\t", b"> ",
        b"- ", b"1. ", b"* ", b"+ ", b"```", b"~~~", b"`", b"``", b"<!--", b"-->", b"<div>", b"</div>", b"<b>",
        b"</b>", b"<pre>", b"</pre>", b"<code>", b"</code>", b"<?", b"?>", b"<![CDATA[", b"]]>", b"<script>",
        b"</script>", b"<blockquote>", b"<del>", b"<a b='", b"|", b"a | b\n--|--\n", b"~~", b"~", b"[", b"]", b"](",
        b"](a)", b"![", b"[a]: ", b"\\", b"$", b"$$", b"===", b"---", b"***", b"# ", b"&lt;", b'"', b"'", b"=",
        b"pulls", b"time-to-merge", b"overview", b"compare", b"help", b"export", b"report", b"status", b"waiting",
        b"traffic", b"30d", b"12w", b"6m", b"1y", b"ytd", b"all", b"2026-Q1", b"2026-01-01..2026-03-31", b"..",
        b"author=", b"label=", b"base=", b"team=", b"path=", b"vs=", b"vs=year", b"vs=none", b"in=", b"in=o/r",
        b"scope=org", b"@octocat", b"#1", b",", "\u201c".encode(), "\u200b".encode(), "\u00a0".encode(),
        "\ufeff".encode(), "…".encode(), "\uff19".encode(),
    ),
    longest=1024,
)  # fmt: skip
