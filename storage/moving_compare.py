"""Two databases side by side, table by table in the order of keys: what differs, and one sum of each.

Pure: it is given the rows of both as lists of any length, and goes through each once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from storage.moving_values import Digest, Key, Row, nul_places, without_nul, written

KeyOf = Callable[[Row], Key]


@dataclass(frozen=True, slots=True)
class Difference:
    """stale: keys of the target's rows that are not so in the source; missing: rows of the source that it lacks.

    A row that is there with other values is in both.
    """

    stale: Sequence[Key]
    missing: Sequence[Row]


class Comparison:
    """Goes through the rows of a table on both sides.

    replaces: whether the target has the replacement character where texts of the source have U+0000.
    """

    def __init__(self, key_of: KeyOf, *, replaces: bool) -> None:
        self.key_of = key_of
        self.replaces = replaces
        self.source = Digest()
        self.target = Digest()
        self.nul: list[tuple[Key, int]] = []
        """Where the source has U+0000: keys and places of the column."""

    def differences(self, source: Iterable[list[Row]], target: Iterable[list[Row]]) -> Iterator[Difference]:
        """Yield what differs; both come in the order of their keys."""
        for ours, theirs in side_by_side(source, target, self.key_of):
            wanted, found = written(ours), written(theirs)
            rows: Sequence[Row] = ours
            if wanted != found and self.replaces:
                rows = [self.replaced(row) for row in ours]
                wanted = written(rows)
            self.source.add(len(rows), wanted)
            self.target.add(len(theirs), found)
            if wanted != found:
                yield self.difference(rows, theirs)

    def replaced(self, row: Row) -> Row:
        """Return a row as the target keeps it, and note where it differs."""
        places = nul_places(row)
        if not places:
            return row
        self.nul += [(self.key_of(row), place) for place in places]
        return without_nul(row)

    def difference(self, ours: Sequence[Row], theirs: Sequence[Row]) -> Difference:
        """Return what differs between rows of the same range of keys."""
        wanted = {self.key_of(row): row for row in ours}
        found = {self.key_of(row): row for row in theirs}
        return Difference(
            [key for key, row in found.items() if key not in wanted or differ(wanted[key], row)],
            [row for key, row in wanted.items() if key not in found or differ(found[key], row)],
        )


def differ(one: Row, other: Row) -> bool:
    """Tell whether two rows are not the same; by what is written, since to Python 1 is 1.0."""
    return written([one]) != written([other])


def side_by_side(
    source: Iterable[list[Row]], target: Iterable[list[Row]], key_of: KeyOf
) -> Iterator[tuple[list[Row], list[Row]]]:
    """Yield the source's lists, each with the target's rows up to its last key; then what it has after those."""
    theirs = iter(target)
    held: list[Row] = []
    more = True
    for ours in source:
        last = key_of(ours[-1])
        while more and (not held or key_of(held[-1]) < last):
            following = next(theirs, None)
            more = following is not None
            held += following or []
        end = bisect_right(held, last, key=key_of)
        yield ours, held[:end]
        del held[:end]
    yield [], held
    for rows in theirs:
        yield [], rows
