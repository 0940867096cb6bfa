"""Bring one table to what the source has: copied once in the order of its keys, then compared and mended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import IO

import msgspec

from storage.moving_compare import Comparison
from storage.moving_plan import Moved
from storage.moving_progress import Progress, advance, progress_of
from storage.moving_sides import MoveError, Side
from storage.moving_values import Digest, Key, Row, encode, misfit, shown, without_nul

Say = Callable[[str], None]
Pair = tuple[Moved, Moved]
"""A table as the source has it and as the target does."""

LENGTH = 8  # bytes before each list of rows that is put aside


@dataclass(frozen=True, slots=True)
class Brought:
    """A table on both sides. brought, taken: rows that were written to and taken out of the target.

    first: the first key that differs, None where nothing does. nul: where the source's texts hold U+0000.
    """

    name: str
    source: Digest
    target: Digest
    brought: int = 0
    taken: int = 0
    first: Key | None = None
    nul: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """What differs, in words."""
        assert self.first is not None, "asked where something does"
        return (
            f"the first difference is at the key {shown(self.first)}; the source has {self.source.rows} rows with the "
            f"checksum {self.source.sum}, the target {self.target.rows} with {self.target.sum}"
        )


def copy(pair: Pair, source: Side, target: Side, say: Say) -> int:
    """Copy what is not copied yet of one table, a batch in each transaction; return how many rows that were.

    Rows that clash with others, since the source was written to meanwhile, are left to the comparison.
    """
    ours, theirs = pair
    progress = progress_of(target, ours.name)
    if progress.is_whole:
        return 0
    begun, before = time.monotonic(), progress.rows
    if before:
        say(f"{ours.name}: going on after {before} rows")
    for rows in source.batches(ours, progress.after):
        following = Progress(ours.key_of(rows[-1]), progress.rows + len(rows))
        try:
            write(theirs, target, rows, progress, following)
        except target.errors:
            fitting = fitted(theirs, rows)
            if fitting == rows:
                raise
            write(theirs, target, fitting, progress, following)
        progress = following
    write(theirs, target, [], progress, replace(progress, is_whole=True))
    copied = progress.rows - before
    if copied:
        say(f"{ours.name}: {copied} rows in {time.monotonic() - begun:.1f} s")
    return copied


def write(moved: Moved, target: Side, rows: Sequence[Row], before: Progress, after: Progress) -> None:
    """Write rows, and how far that comes, in one transaction."""
    with target.writing():
        moved.insert(target, rows, lenient=True)
        advance(target, moved.name, before, after)


def fitted(moved: Moved, rows: Sequence[Row]) -> list[Row]:
    """Return rows that a strict database can keep; MoveError names a value that it cannot."""
    for row in rows:
        place = misfit(moved.kinds, row)
        if place is not None:
            raise MoveError(
                f"{moved.name}.{moved.columns[place]} is {shown(row[place])} at the key {shown(moved.key_of(row))}; "
                f"{moved.kinds[place].value} belongs there"
            )
    return [without_nul(row) for row in rows]


def bring(pair: Pair, source: Side, target: Side, *, lenient: bool) -> Brought:
    """Make a table what the source has, in one transaction.

    What is not so in the source is taken out first, all of it, and only then what is missing is written: no row then
    clashes with one that is about to go. lenient: while the source is written to, one may yet; it is left out.
    """
    ours, theirs = pair
    comparison = Comparison(ours.key_of, replaces=target.dialect == "postgresql")
    brought = taken = 0
    with TemporaryFile() as aside, target.writing():
        theirs.tidy(target)
        for difference in comparison.differences(source.batches(ours), target.batches(theirs)):
            theirs.delete(target, difference.stale)
            missing = fitted(theirs, difference.missing) if comparison.replaces else difference.missing
            put_aside(aside, missing)
            brought += len(missing)
            taken += len(set(difference.stale) - set(map(ours.key_of, missing)))
        aside.seek(0)
        for rows in taken_up(aside):
            theirs.insert(target, rows, lenient=lenient)
    nul = tuple(f"{ours.name}.{ours.columns[place]} at the key {shown(key)}" for key, place in comparison.nul)
    return Brought(ours.name, comparison.source, comparison.target, brought, taken, None, nul)


def compare(pair: Pair, source: Side, target: Side) -> Brought:
    """Compare a table and change nothing."""
    ours, theirs = pair
    comparison = Comparison(ours.key_of, replaces=target.dialect == "postgresql")
    first = None
    for difference in comparison.differences(source.batches(ours), target.batches(theirs)):
        if first is None:
            first = min([*difference.stale, *map(ours.key_of, difference.missing)])
    return Brought(ours.name, comparison.source, comparison.target, first=first)


def put_aside(file: IO[bytes], rows: Sequence[Row]) -> None:
    """Keep rows in a file, since there may be more than memory should hold."""
    if rows:
        body = encode(rows)
        file.write(len(body).to_bytes(LENGTH, "big") + body)


def taken_up(file: IO[bytes]) -> Iterator[list[Row]]:
    """Yield the rows of a file as they were put aside."""
    while length := file.read(LENGTH):
        body = file.read(int.from_bytes(length, "big"))
        yield [tuple(row) for row in msgspec.msgpack.decode(body)]
