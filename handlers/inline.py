"""Inside a paragraph: which of its lines begin in a code span, a tag, a link, math, or what is struck out."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from handlers.tags import HIDING, MATH, TAG, WRITTEN_COMMENT, Mark, Tag, tag

# Everything that can begin something longer than a character.
SPECIAL = re.compile(r"\\[!-/:-@\[-`{-~]|`+|<|\]\(|\]\[|\[|\]|-->|~+|\$+")
BACKTICKS = re.compile("`+")
AUTOLINK = re.compile(
    r"<(?:[A-Za-z][A-Za-z0-9+.-]{1,31}+:[^\x00-\x20<>]*+|[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]++@[A-Za-z0-9.-]++)>"
)
# The rest of a link, as links mostly are; in any other one, backticks and `<` may mean something else than they seem.
PLAIN_LINK = re.compile(r"""\]\([^\s()<>`\\"']*+(?: +"[^"`<\\\n]*+")?+\)|\]\[[^\]`<\\\n]*+\]""")
STRIKES = ("~", "~~")
SPACES = ("", " ", "\t", "\n")  # to everybody; of other characters some say so
DOLLAR, DOLLARS = "$", "$$"
DEFINITION = re.compile(r"\[[^\n]*\]:")


@dataclass(slots=True)
class Scan:
    """What is found in a paragraph: hidden spans, tags, and the place after which nothing is certain.

    brackets: those that are open · bracketed: the outermost pairs, which may be a link's text, in order · first, last:
    where each mark of math or striking out begins first, and where it ends last · backticks_left: whether
    there were some that nothing closes. All between counts as
    hidden: which of several belong together no two readers of Markdown agree on.
    """

    text: str
    doubtful: int
    hidden: list[tuple[int, int]] = field(default_factory=list)
    tags: list[tuple[int, Tag | Mark]] = field(default_factory=list)
    brackets: list[int] = field(default_factory=list)
    bracketed: list[tuple[int, int]] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)
    last: dict[str, int] = field(default_factory=dict)
    runs: dict[int, list[int]] = field(default_factory=dict)
    comments_end: bool = True
    backticks_left: bool = False

    def run(self) -> None:
        """Go through the paragraph once."""
        for found in BACKTICKS.finditer(self.text):
            self.runs.setdefault(len(found[0]), []).append(found.start())
        position = 0
        while special := SPECIAL.search(self.text, position):
            start, position = special.span()
            first = special[0][0]
            if first == "`":
                position = self.code(start, position)
            elif first == "<":
                position = self.pointed(start)
            elif first == "[":
                self.brackets.append(start)
            elif first == "]":
                self.close_bracket(start)
                position = self.link(start, position) if special[0] != "]" else position
            elif first == "-":
                self.tags.append((start, Tag(WRITTEN_COMMENT, opens=False)))
            elif first in "~$":
                self.paired(special[0], start, position)

    def code(self, start: int, end: int) -> int:
        """Return where the code span that these backticks begin ends; where they end, if they begin none."""
        closing = self.runs.get(end - start, [])
        following = bisect_left(closing, end)
        if following == len(closing):
            self.backticks_left = True
            return end
        ends = closing[following] + end - start
        if self.backticks_left:
            self.shown_in(start, ends)
        return self.hide(start, ends)

    def shown_in(self, start: int, end: int) -> None:
        """Note what a code span would hide if it were none.

        After backticks that nothing closes, GitHub's renderer sees none in some places where the standard has one.
        """
        for found in TAG.finditer(self.text, start, end):
            if tag(found).opens and tag(found).name in HIDING:
                self.tags.append((found.start(), tag(found)))

    def pointed(self, start: int) -> int:
        """Return where the tag, comment or address in angle brackets ends; the next character, if it is none."""
        if whole := TAG.match(self.text, start):
            self.tags.append((start, tag(whole)))
            return self.hide(start, whole.end())
        if whole := AUTOLINK.match(self.text, start):
            return whole.end()
        if self.text.startswith("<!--", start):
            return self.comment(start)
        if self.text.startswith(("<?", "<!"), start):
            self.doubtful = min(self.doubtful, start)
        return start + 1

    def comment(self, start: int) -> int:
        """Return where the comment ends; one that does not end in this paragraph may end in a later one."""
        end = self.text.find("-->", start + 4) if self.comments_end else -1
        if end < 0:
            self.comments_end = False
            self.tags.append((start, Tag(WRITTEN_COMMENT, opens=True)))
            return start + 1
        inner = self.text[start + 4 : end]
        if "--" in inner or inner.startswith((">", "->")) or inner.endswith("-"):
            self.doubtful = min(self.doubtful, start)  # a comment to some versions of Markdown only
            return start + 1
        return self.hide(start, end + 3)

    def close_bracket(self, end: int) -> None:
        """Note a pair of brackets, in place of those inside it."""
        if not self.brackets:
            return
        begin = self.brackets.pop()
        while self.bracketed and self.bracketed[-1][0] > begin:
            self.bracketed.pop()
        self.bracketed.append((begin, end))

    def link(self, start: int, end: int) -> int:
        """Return where the link ends, if it is a plain one."""
        if plain := PLAIN_LINK.match(self.text, start):
            return plain.end()
        self.doubtful = min(self.doubtful, start)
        return end

    def paired(self, run: str, start: int, end: int) -> None:
        """Note a run of tildes or dollars that may begin or end something, by what stands on its sides."""
        before, after = self.text[start - 1 : start], self.text[end : end + 1]
        if run[0] == DOLLAR:
            run = run[:2]
        begins, ends = after not in SPACES, before not in SPACES
        if run == DOLLARS:
            begins = ends = True
            if {before, after} <= {"", "\n"}:
                self.tags.append((start, Tag(MATH, opens=True)))
        elif run == DOLLAR:
            begins, ends = begins and not before.isalnum(), ends and not after.isdigit()
        elif run not in STRIKES:
            return
        if ends and run in self.first:
            self.last[run] = start
        if begins:
            self.first.setdefault(run, start)

    def within(self, offset: int) -> bool:
        """Tell whether a place lies in math, between brackets, or in what is struck out."""
        pair = bisect_left(self.bracketed, (offset, 0)) - 1
        if pair >= 0 and offset < self.bracketed[pair][1]:
            return True
        return any(self.first[run] < offset < end for run, end in self.last.items())

    def hide(self, start: int, end: int) -> int:
        self.hidden.append((start, end))
        return end


def events_in(text: str, marks: Sequence[tuple[int, Mark]]) -> Iterator[Tag | Mark]:
    """Yield in order the tags of a paragraph, and those of its marks (with their offsets) that are not hidden."""
    if not marks and not any(sign in text for sign in ("<", "-->", DOLLARS)):
        return
    scan = Scan(text, 0 if DEFINITION.match(text) else len(text))
    scan.run()
    found = sorted([*scan.tags, *(mark for mark in marks if mark[0] < scan.doubtful)], key=lambda place: place[0])
    spans = iter([*scan.hidden, (len(text) + 1, len(text) + 1)])
    begin, end = next(spans)
    for offset, event in found:
        while end <= offset:
            begin, end = next(spans)
        if isinstance(event, Tag) or not (begin < offset or scan.within(offset)):
            yield event
