"""HTML in Markdown: what a tag looks like, and which places lie inside an element."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# Possessive quantifiers: a tag either is one or is not, nothing is tried twice.
NAME = r"[A-Za-z][A-Za-z0-9-]*+"
SPACE = r"[ \t\n\v\f\r]"
VALUE = r"""(?:[^ \t\n\v\f\r"'=<>`]++|'[^']*+'|"[^"]*+")"""
ATTRIBUTE = rf"{SPACE}++[A-Za-z_:][A-Za-z0-9_.:-]*+(?:{SPACE}*+={SPACE}*+{VALUE})?+"
TAG = re.compile(rf"<(?:(?P<close>/)(?P<closed>{NAME}){SPACE}*+|(?P<opened>{NAME})(?:{ATTRIBUTE})*+{SPACE}*+/?+)>")
# A block of HTML is handed on unchecked, and what looks like a tag to a browser is one, a name with `<` in it included
# (https://html.spec.whatwg.org/multipage/parsing.html#tag-open-state). One that does not end in its block ends in the
# next one, at the end of `<p>`.
BEGUN = re.compile(r"<!--|<(?P<close>/)?+(?P<name>[A-Za-z][^\s/>]*+)")
ATTRIBUTES = re.compile(r"""(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])))*+""")
COMMENT = "!--"
# Begun within a paragraph and not ended in it: shown as it is written, hardly as it is meant.
WRITTEN_COMMENT = "&lt;!--"
# A value in a tag whose quotation mark nothing closes: browsers show nothing of what follows.
QUOTED = "='"
# A line of two dollars alone: the next one ends what it begins.
MATH = "$$"

# Elements that quote or hide what they hold, even where nobody closed them; any other one must be closed to count.
HIDING = frozenset(
    (COMMENT, QUOTED, "blockquote", "code", "del", "details", "iframe", "kbd", "noembed", "noframes", "plaintext",
     "pre", "q", "s", "samp", "script", "strike", "style", "template", "textarea", "title", "tt", "xmp")
)  # fmt: skip


class Tag(NamedTuple):
    """An element, or a comment that is not closed at once, begins or ends here."""

    name: str
    opens: bool


class Mark(NamedTuple):
    """A line that is a command, unless something around it says otherwise."""

    line: int
    raw: str


def tag(found: re.Match[str]) -> Tag:
    """Return what a match of TAG opens or closes."""
    return Tag((found["closed"] or found["opened"]).lower(), found["close"] is None)


def tags(html: str) -> Iterator[Tag]:
    """Yield the tags of a block of HTML in order, and its comments, but nothing that is inside of these."""
    place = 0
    while found := BEGUN.search(html, place):
        if found["name"] is None:
            yield Tag(COMMENT, opens=True)
            place = html.find("-->", found.end()) + len("-->")
            if place < len("-->"):
                return
            yield Tag(COMMENT, opens=False)
            continue
        yield Tag(found["name"].lower(), found["close"] is None)
        attributes = ATTRIBUTES.match(html, found.end())
        place = found.end() if attributes is None else attributes.end()
        if html[place : place + 1] == "=":
            yield Tag(QUOTED, opens=True)
            return


def outside(events: Sequence[Tag | Mark]) -> list[Mark]:
    """Return the marks that lie in no element and no comment."""
    open_at: dict[str, list[int]] = {}
    edges = [0] * (len(events) + 1)
    for place, event in enumerate(events):
        if isinstance(event, Mark):
            continue
        if event.opens and not (event.name == MATH and open_at.get(MATH)):
            open_at.setdefault(event.name, []).append(place)
        elif open_at.get(event.name):
            edges[open_at[event.name].pop()] += 1
            edges[place] -= 1
    for name, places in open_at.items():
        if name in HIDING:
            for place in places:
                edges[place] += 1
    inside = 0
    visible = []
    for event, edge in zip(events, edges, strict=False):
        inside += edge
        if isinstance(event, Mark) and not inside:
            visible.append(event)
    return visible
