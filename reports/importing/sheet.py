"""A CSV file as rows with line numbers, and the list of what is wrong in the files read so far."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

SHOWN = 20


class Unreadable(Exception):  # noqa: N818 - it names the state of the files, not an error of ours
    """The files are not what they should be; `faults` holds a sentence for each fault, with file and line."""

    def __init__(self, faults: Sequence[str]) -> None:
        shown = [*faults[:SHOWN], *([f"… and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else [])]
        super().__init__("\n".join(shown))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that was read; `name` is its path below what was given, with slashes."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row by column name, and the line it begins on."""

    line: int
    cells: Mapping[str, str]


@dataclass(slots=True)
class Reading:
    """What a reader carries along: the UTC date of now, and every fault so far."""

    today: date
    faults: list[str] = field(default_factory=list)

    def wrong(self, file: str, line: int | None, sentence: str) -> None:
        """Note a fault of a file, on a line where there is one."""
        self.faults.append(f"{file}, line {line}: {sentence}" if line is not None else f"{file}: {sentence}")

    def each(self, file: TextFile, columns: Columns, take: Callable[[Row], None]) -> None:
        """Hand each row of a file to `take`, whose ValueError is a fault of that row."""
        for row in self.rows(file, columns):
            try:
                take(row)
            except ValueError as error:
                self.wrong(file.name, row.line, str(error))

    def rows(self, file: TextFile, columns: Columns) -> Iterator[Row]:
        """Yield a file's rows under the columns' own names; blank lines are left out."""
        lines = csv.reader(io.StringIO(file.text, newline=""), strict=True)
        try:
            names = columns.named(next(lines, []))
        except ValueError as error:
            self.wrong(file.name, 1, str(error))
            return
        except csv.Error as error:
            self.wrong(file.name, 1, f"this is not CSV ({error})")
            return
        while True:
            line = lines.line_num + 1
            try:
                cells = next(lines)
            except StopIteration:
                return
            except csv.Error as error:  # nothing after a broken quote can be trusted
                self.wrong(file.name, line, f"this is not CSV ({error})")
                return
            if not cells:
                continue
            if len(cells) != len(names):
                self.wrong(file.name, line, f"there are {len(cells)} cells under {len(names)} columns")
                continue
            yield Row(line, dict(zip(names, cells, strict=True)))

    def finish(self) -> None:
        """Raise Unreadable if anything was wrong."""
        if self.faults:
            raise Unreadable(self.faults)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a kind of file may have: our name, and what else it is called; `required` must be there."""

    aliases: Mapping[str, tuple[str, ...]]
    required: frozenset[str] = frozenset()

    def named(self, header: Sequence[str]) -> list[str]:
        """Return our names for a header; an unknown, doubled or missing column raises ValueError."""
        known = {plain(alias): ours for ours, others in self.aliases.items() for alias in (ours, *others)}
        if not header:
            raise ValueError("the file is empty; its first line must name its columns")
        names = [known.get(plain(name)) for name in header]
        strangers = [name.strip() for name, ours in zip(header, names, strict=True) if ours is None]
        if strangers:
            known_are = f"known are {', '.join(self.aliases)}{hint(header)}"
            raise ValueError(f"unknown column {', '.join(map(repr, strangers))}; {known_are}")
        found = [name for name in names if name is not None]
        doubled = sorted({name for name in found if found.count(name) > 1})
        if doubled:
            raise ValueError(f"column {', '.join(doubled)} is there twice")
        missing = sorted(self.required.difference(found))
        if missing:
            raise ValueError(f"column {', '.join(missing)} is missing")
        return found

    def fit(self, header: Sequence[str]) -> bool:
        """Tell whether a header is of this kind."""
        try:
            self.named(header)
        except ValueError:
            return False
        return True


def hint(header: Sequence[str]) -> str:
    """Return what to do about a header whose columns something else than commas separates; nothing for others."""
    return "; separate columns by commas" if len(header) == 1 and (";" in header[0] or "\t" in header[0]) else ""


def plain(name: str) -> str:
    """Return a column's name without what differs between tools: case, spaces, hyphens, underscores."""
    return "".join(character for character in name.lower() if character not in " -_\t")


def header_of(file: TextFile) -> list[str]:
    """Return a file's first row; an empty list if it has none or it is not CSV."""
    try:
        return next(csv.reader(io.StringIO(file.text, newline=""), strict=True), [])
    except csv.Error:
        return []
