"""Move everything from one database to another: copy while the source is used, then compare while it is held still.

First each table is copied in the order of its keys, a batch in each transaction, together with how far it has come: a
move that is killed goes on there. What is written to the source meanwhile is not noted anywhere; a comparison of both
databases, which reads a million rows in a few seconds, finds it. The last one is made while nobody writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace

from sqlalchemy.exc import DBAPIError

from storage.migrate import upgrade
from storage.moving_bringing import Brought, Pair, Say, bring, compare, copy
from storage.moving_checks import check_source, check_target
from storage.moving_jobs import plan
from storage.moving_progress import Header, create, drop, header_of
from storage.moving_sides import BATCH, MoveError, Side, open_side
from storage.urls import sqlite_path
from storage.version import HEAD


@dataclass(frozen=True, slots=True)
class Report:
    """What a step did. seconds: how long it took; held: of these, how long nobody could write to the source."""

    tables: Sequence[Brought]
    seconds: float
    held: float = 0.0

    @property
    def rows(self) -> int:
        """How many rows the source had."""
        return sum(table.source.rows for table in self.tables)

    @property
    def changed(self) -> int:
        """How many rows were not as in the source, and are now."""
        return sum(table.brought + table.taken for table in self.tables)

    @property
    def nul(self) -> list[str]:
        """Where texts had a character that PostgreSQL cannot keep."""
        return [where for table in self.tables for where in table.nul]


@dataclass
class Move:
    """Two open databases, and the tables of both in pairs: the source's as it is read, the target's as it is filled."""

    source: Side
    target: Side
    say: Say
    clock: Callable[[], float] = time.monotonic
    pairs: list[Pair] = field(init=False)

    def __post_init__(self) -> None:
        ours, theirs = (plan(side.dialect) for side in (self.source, self.target))
        self.pairs = list(zip(ours, theirs, strict=True))

    @property
    def tables(self) -> list[str]:
        """The target's tables."""
        return [table for _, moved in self.pairs for table in moved.tables]

    def begin(self, header: Header) -> None:
        """Note in the target that a move begins; one that has begun goes on."""
        with self.target.writing():
            if header_of(self.target) is None:
                create(self.target, header)
            self.target.loosen(self.tables)

    def copy(self) -> int:
        """Copy what is not copied yet, while the source may be written to; return how many rows that were."""
        copied = sum(copy(pair, self.source, self.target, self.say) for pair in self.pairs)
        if copied:
            self.target.tune(self.tables)
        return copied

    def catch_up(self) -> Report:
        """Bring what has changed in the source since it was copied, while it may be written to on."""
        begun = self.clock()
        tables = [bring(pair, self.source, self.target, lenient=True) for pair in self.pairs]
        return Report(tables, self.clock() - begun)

    def finish(self) -> Report:
        """Hold the source, bring the rest, see that both are equal, and let the target be used from now on.

        Raises MoveError, naming the table and the key, if anything differs in the end; then no server starts on it.
        """
        begun = self.clock()
        with self.source.held([table for moved, _ in self.pairs for table in moved.tables]):
            holding = self.clock()
            tables = [self.settled(pair) for pair in self.pairs]
            with self.target.writing():
                self.target.tighten(self.tables)
                for _, moved in self.pairs:
                    moved.settle(self.target)
                drop(self.target)
            ended = self.clock()
        return Report(tables, ended - begun, ended - holding)

    def fill(self) -> Report:
        """Copy everything as of one moment, compare both, and let the target be used; the source is written to on.

        Raises MoveError, naming the table and the key, if anything differs; then no server starts on the target.
        """
        begun = self.clock()
        with self.source.snapshot():
            self.copy()
            report = self.verify()
        with self.target.writing():
            self.target.tighten(self.tables)
            for _, moved in self.pairs:
                moved.settle(self.target)
            drop(self.target)
        return replace(report, seconds=self.clock() - begun)

    def settled(self, pair: Pair) -> Brought:
        """Bring a table to what the source has; where that changed anything, compare once more."""
        brought = bring(pair, self.source, self.target, lenient=False)
        if not brought.brought and not brought.taken:
            return brought
        again = compare(pair, self.source, self.target)
        if again.first is not None:
            raise MoveError(f"{pair[0].name} differs after it was brought: {again.said}")
        return replace(again, brought=brought.brought, taken=brought.taken, nul=brought.nul)

    def verify(self) -> Report:
        """Compare both and change nothing; MoveError names each table that differs, with its first key."""
        begun = self.clock()
        tables = [compare(pair, self.source, self.target) for pair in self.pairs]
        wrong = [f"{table.name}: {table.said}" for table in tables if table.first is not None]
        if wrong:
            raise MoveError("\n  ".join(["the two databases differ:", *wrong]))
        return Report(tables, self.clock() - begun)


@contextmanager
def opened(source_url: str, target_url: str, say: Say, *, batch: int = BATCH, verify: bool = False) -> Iterator[Move]:
    """Open both databases and see that they can be moved; bring the target's schema up to date and note the move.

    verify: nothing is changed, and the target must be there and whole. Raises MoveError with a sentence for whatever is
    in the way; what drivers raise on the way becomes one, too.
    """
    with ExitStack() as open_ones:
        source = open_ones.enter_context(closing(open_side(source_url, batch)))
        check_source(source)
        if not verify:
            make_room(source, target_url, batch)
        target = open_ones.enter_context(closing(open_side(target_url, batch)))
        move = Move(source, target, say)
        if verify:
            check_source(target, finished=False)
        else:
            move.begin(Header(source.name, HEAD))
        yield move


def make_room(source: Side, target_url: str, batch: int) -> None:
    """See that the target is empty, or has begun to take in this source; bring its schema up to date."""
    path = sqlite_path(target_url)
    if path is None or path.is_file():
        with closing(open_side(target_url, batch)) as target:
            begun = check_target(source, target)
        if begun:
            return
    try:
        upgrade(target_url)
    except DBAPIError as error:
        raise MoveError(f"the schema of TO cannot be made: {str(error.orig).strip()}") from error


@contextmanager
def closing(side: Side) -> Iterator[Side]:
    """Close the side in the end; what its driver raises becomes a MoveError."""
    try:
        yield side
    except side.errors as error:
        raise MoveError(f"the move stopped: {str(error).strip()}") from error
    finally:
        side.close()


__all__ = ["BATCH", "Move", "MoveError", "Report", "opened"]
