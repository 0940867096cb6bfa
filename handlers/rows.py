"""Tables in Markdown: what is the line under a table's head, and which cells a line has.

This is what cmark-gfm does (https://github.github.com/gfm/#tables-extension-): a pipe after a backslash is a character,
also within code, and a line without any pipe is a row of one cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from handlers.inline import events_in
from handlers.tags import Mark, Tag

SPACES = " \t\v\f"  # a tab beside a pipe is none to every renderer, and a line that may be a table's counts as one
SPACE = f"[{SPACES}]*+"
RULER = re.compile(rf"\|?+{SPACE}:?+-++:?+{SPACE}(?:\|{SPACE}:?+-++:?+{SPACE})*+\|?+{SPACE}$")
PIPE = re.compile(r"(?<!\\)\|")


def cells_of(line: str) -> list[str]:
    """Return the cells of a line; pipes at its ends hold none."""
    cells = PIPE.split(line.strip(SPACES))
    if len(cells) > 1 and not cells[0]:
        del cells[0]
    if not cells[-1].strip(SPACES):
        del cells[-1]
    return cells


def columns_under(head: str, line: str) -> int:
    """Return how many columns the table has whose head and ruler these lines are, 0 if they begin none."""
    if not RULER.match(line):
        return 0
    columns = len(cells_of(line))
    return columns if len(cells_of(head)) == columns else 0


def row_events(line: str, columns: int) -> Iterator[Tag | Mark]:
    """Yield the tags in a row's cells; what lies in no column is not shown, and no cell ends what began outside it."""
    for cell in cells_of(line)[:columns]:
        begun: Counter[str] = Counter()
        for event in events_in(cell, ()):
            if isinstance(event, Tag):
                begun[event.name] += 1 if event.opens else -1
                if begun[event.name] < 0:
                    begun[event.name] = 0
                    continue
            yield event
