"""Which lines of a comment a reader sees as plain text: not code, not a quote, not HTML.

This follows CommonMark's block structure line by line (https://spec.commonmark.org, appendix "A parsing strategy"), as
far as it decides what is code, a quote or HTML. Where versions of Markdown differ a line counts as hidden: a command
that was not run can be written again, one that was only quoted cannot be taken back. Time is proportional to length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from handlers.inline import events_in
from handlers.tags import COMMENT, TAG, Mark, Tag, outside, tags

# Beyond these nobody wrote the comment by hand: it is a pasted log, or meant to keep us busy. It has no commands.
DEEPEST = 64
MOST_LINES = 8_000
MOST_TAGS = 8_000

LINE_END = re.compile(r"\r\n|\n|\r")
HEADING = re.compile(r"#{1,6}(?= |$)")
FENCE = re.compile(r"`{3,}+(?=[^`]*+$)|~{3,}+")
UNDERLINE = re.compile(r"(?:=++|-++) *+$")
RULE = re.compile(r"(?:(?:\* *+){3,}+|(?:- *+){3,}+|(?:_ *+){3,}+)$")
BULLET = re.compile(r"[-+*](?= |$)|([0-9]{1,9})[.)](?= |$)")

BLOCK_NAMES = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt"
    "|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu"
    "|menuitem|nav|noframes|ol|optgroup|option|p|param|section|source|summary|table|tbody|td|tfoot|th|thead|title|tr"
    "|track|ul"
)
BLANK = re.compile(r" *+$")
# What begins a block of HTML, and what ends it.
HTML = (
    (re.compile(r"(?i)<(?:script|pre|style)(?=[ \v\f>]|$)"), re.compile(r"(?i)</(?:script|pre|style)>")),
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile("<![A-Z]"), re.compile(">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(rf"(?i)</?(?:{BLOCK_NAMES})(?=[ \v\f]|/?>|$)"), BLANK),
)
LONE_TAG = re.compile(TAG.pattern + r"[ \v\f]*+$")


@dataclass(slots=True)
class Container:
    """A block quote (`width` 0), or a list item whose content begins `width` columns in; `empty` before any content."""

    width: int
    empty: bool = False


@dataclass(slots=True)
class Reader:
    """Where we are in the document: the open containers, and the open paragraph, fence or HTML in the innermost."""

    opening: re.Pattern[str]
    containers: list[Container] = field(default_factory=list)
    paragraph: list[str] = field(default_factory=list)
    length: int = 0
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
        """Add a line to the open paragraph, or begin one; in a quote nothing can be a command."""
        for container in self.containers:
            container.empty = False
        if mark and all(container.width for container in self.containers):
            self.marks.append((self.length, mark))
        self.paragraph.append(text)
        self.length += len(text) + 1

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
        self.fence = ""
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
    reader = Reader(opening)
    try:
        for number, raw in enumerate(lines, start=1):
            reader.read(number, raw)
    except TooDeepError:
        return []
    reader.close(0)
    return [(mark.line, mark.raw) for mark in outside(reader.events)]


def skip(line: str, position: int) -> int:
    """Return the place of the first character at or after `position` that is no space."""
    return len(line) - len(line[position:].lstrip(" "))


def html_end(line: str, start: int, *, going_on: bool) -> re.Pattern[str] | None:
    """Return what will end the block of HTML that begins here, None if none does; a lone tag ends no paragraph."""
    if line[start] != "<":
        return None
    for begin, end in HTML:
        if begin.match(line, start):
            return end
    return BLANK if not going_on and LONE_TAG.match(line, start) else None


def item_width(line: str, start: int, *, going_on: bool) -> int | None:
    """Return how many columns a list item's marker takes with the spaces after it, None if none begins here.

    A paragraph that is going on is only interrupted by an item with content, and by a number only if it is 1.
    """
    bullet = BULLET.match(line, start)
    if not bullet:
        return None
    content = skip(line, bullet.end())
    blank = content == len(line)
    if going_on and (blank or bullet[1] not in (None, "1")):
        return None
    spaces = content - bullet.end()
    marker = bullet.end() - start
    return marker + (1 if blank or not 1 <= spaces <= 4 else spaces)
