"""Which lines of a comment a reader sees as plain text: not code, a quote, HTML, a table, math or struck out.

This follows CommonMark's block structure line by line (https://spec.commonmark.org, appendix "A parsing strategy"), as
far as it decides what is code, a quote, HTML or a table (https://github.github.com/gfm). Where versions of Markdown
differ a line counts as hidden: a command that was not run can be written again, one that was only quoted cannot be
taken back. Time is proportional to length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.beginnings import BLANK, FENCE, HEADING, RULE, UNDERLINE, html_end, item_width, skip
from handlers.inline import events_in
from handlers.rows import columns_under, row_events
from handlers.tags import COMMENT, Mark, Tag, outside, tags

# Beyond these nobody wrote the comment by hand: it is a pasted log, or meant to keep us busy. It has no commands.
DEEPEST = 64
MOST_LINES = 8_000
MOST_TAGS = 8_000

LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(slots=True)
class Container:
    """A block quote (`width` 0), or a list item whose content begins `width` columns in; `empty` before any content."""

    width: int
    empty: bool = False


@dataclass(slots=True)
class Reader:
    """Where we are in the document: the open containers, and the open paragraph, table, fence or HTML in the innermost.

    tables: whether it knows tables; tabled: whether there was one · columns: of the open table, 0 without one · own:
    whether the line in hand is the innermost container's and not indented like code, so that it may stand under a
    table's head.
    """

    opening: re.Pattern[str]
    tables: bool = True
    tabled: bool = False
    containers: list[Container] = field(default_factory=list)
    paragraph: list[str] = field(default_factory=list)
    length: int = 0
    columns: int = 0
    own: bool = True
    marks: list[tuple[int, Mark]] = field(default_factory=list)
    fence: str = ""
    html_end: re.Pattern[str] | None = None
    html: list[str] = field(default_factory=list)
    events: list[Tag | Mark] = field(default_factory=list)

    def read(self, number: int, raw: str) -> None:
        """Take in one line, given without its end."""
        line = raw.expandtabs(4)
        depth, position = self.matched(line)
        if depth == len(self.containers):
            if self.fence or self.html_end:
                self.continue_leaf(line, position)
                return
        elif self.fence or self.html_end:
            self.close(depth)  # neither code nor HTML goes on where its container has ended
        start = self.begin_blocks(line, depth, position)
        if start is not None and start < len(line):
            self.add_text(line[start:], Mark(number, raw) if self.opening.match(raw) else None)

    def matched(self, line: str) -> tuple[int, int]:
        """Return how many of the open containers go on in this line, and where their content begins."""
        position = 0
        for depth, container in enumerate(self.containers):
            start = skip(line, position)
            if not container.width:
                if start - position > 3 or line[start : start + 1] != ">":
                    return depth, position
                position = start + 1 + line.startswith(" ", start + 1)
            elif start - position >= container.width:
                position += container.width
            elif start == len(line) and not container.empty:
                position = start
            else:
                return depth, position
        return len(self.containers), position

    def continue_leaf(self, line: str, position: int) -> None:
        """Add a line to the open fence or HTML, and close it if the line does."""
        if self.html_end:
            self.add_html(line[position:], self.html_end)
            return
        start = skip(line, position)
        run = FENCE.match(line, start)
        if start - position <= 3 and run and run[0].startswith(self.fence) and not line[run.end() :].strip(" "):
            self.fence = ""

    def begin_blocks(self, line: str, depth: int, position: int) -> int | None:
        """Open and close what this line begins and ends; return where its plain text begins, None if it has none."""
        whole = depth == len(self.containers)  # the line belongs to the innermost container, not to a lazy paragraph
        while True:
            start = skip(line, position)
            indent = start - position
            if start == len(line):
                self.close(depth)
                return None
            going_on = bool(self.paragraph) and whole
            if indent > 3:
                if self.paragraph:
                    break
                self.close(depth)  # indented code
                return None
            if line[start] == ">":
                self.open(depth, Container(0))
                position = start + 1 + line.startswith(" ", start + 1)
            elif self.begins_leaf(line, start, depth, going_on=going_on):
                return None
            elif (width := item_width(line, start, going_on=going_on)) is not None:
                after = start + width
                self.open(depth, Container(indent + width, empty=after >= len(line.rstrip(" "))))
                position = min(after, len(line))
            else:
                break
            depth, whole = len(self.containers), True
            if depth > DEEPEST:
                raise TooDeepError
        self.own = whole and indent <= 3
        if not (self.paragraph and not whole):  # else the line lazily continues a paragraph of the containers it left
            self.close_to(depth)
        return start

    def begins_leaf(self, line: str, start: int, depth: int, *, going_on: bool) -> bool:
        """Open, or take in whole, the heading, fence, HTML or rule that begins here; return whether there is one."""
        if heading := HEADING.match(line, start):
            self.close(depth)
            self.add_text(line[heading.end() :], None)
            self.end_paragraph()
        elif fence := FENCE.match(line, start):
            self.close(depth)
            self.fence = fence[0]
        elif (end := html_end(line, start, going_on=going_on)) is not None:
            self.close(depth)
            self.html_end = end
            self.add_html(line[start:], end)
        elif going_on and UNDERLINE.match(line, start):
            self.end_paragraph()
        elif RULE.match(line, start):
            self.close(depth)
        else:
            return False
        return True

    def add_text(self, text: str, mark: Mark | None) -> None:
        """Add a line to the open table or paragraph, or begin one; in tables and quotes nothing can be a command."""
        for container in self.containers:
            container.empty = False
        if self.columns:
            self.events.extend(row_events(text, self.columns))
            return
        if self.tables and self.paragraph and self.own and (columns := columns_under(self.paragraph[-1], text)):
            self.begin_table(columns)
            return
        if mark and all(container.width for container in self.containers):
            self.marks.append((self.length, mark))
        self.paragraph.append(text)
        self.length += len(text) + 1

    def begin_table(self, columns: int) -> None:
        """Make the open paragraph's last line a table's head."""
        head = self.paragraph.pop()
        begin = self.length - len(head) - 1
        self.marks = [mark for mark in self.marks if mark[0] < begin]
        self.end_paragraph()
        self.events.extend(row_events(head, columns))
        self.columns, self.tabled = columns, True

    def add_html(self, text: str, end: re.Pattern[str]) -> None:
        """Add a line to the open HTML, and close it if the line does."""
        self.html.append(text)
        if end.match(text) if end is BLANK else end.search(text):
            self.html_end = None
            self.end_html()

    def open(self, depth: int, container: Container) -> None:
        self.close(depth)
        for outer in self.containers:
            outer.empty = False
        self.containers.append(container)

    def close(self, depth: int) -> None:
        """Close the open leaf, and every container deeper than `depth`."""
        self.end_paragraph()
        self.end_html()
        self.fence, self.columns = "", 0
        del self.containers[depth:]

    def close_to(self, depth: int) -> None:
        """Close every container deeper than `depth` with its leaf; nothing if there is none."""
        if depth < len(self.containers):
            self.close(depth)

    def end_paragraph(self) -> None:
        if self.paragraph:
            self.events.extend(events_in("\n".join(self.paragraph), self.marks))
        self.paragraph, self.marks, self.length = [], [], 0

    def end_html(self) -> None:
        if self.html:
            self.events.extend(tags("\n".join(self.html)))
            if self.html_end not in (None, BLANK):
                self.events.append(Tag(COMMENT, opens=True))  # what was never ended hides what follows
        self.html, self.html_end = [], None


class TooDeepError(Exception):
    """The comment nests deeper than anybody writes."""


def visible_lines(text: str, opening: re.Pattern[str]) -> list[tuple[int, str]]:
    """Return number (from 1) and text of every line that matches `opening` and that a reader sees as plain text."""
    lines = LINE_END.split(text.removeprefix("\ufeff"))
    if len(lines) > MOST_LINES or text.count("<") > MOST_TAGS:
        return []
    try:
        reader = read(lines, Reader(opening))
        visible = outside(reader.events)
        if reader.tabled:
            # elsewhere than on GitHub a table is a paragraph, which may go on where a table ends
            plain = set(outside(read(lines, Reader(opening, tables=False)).events))
            visible = [mark for mark in visible if mark in plain]
    except TooDeepError:
        return []
    return [(mark.line, mark.raw) for mark in visible]


def read(lines: Sequence[str], reader: Reader) -> Reader:
    """Return the reader, which has read all lines."""
    for number, raw in enumerate(lines, start=1):
        reader.read(number, raw)
    reader.close(0)
    return reader
