"""What a line of Markdown begins: a heading, a fence, a rule, a list's item, a block of HTML, by CommonMark's rules."""

from __future__ import annotations

import re

from handlers.tags import TAG

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
