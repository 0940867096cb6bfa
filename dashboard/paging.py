"""Long lists, a page at a time, with addresses that keep what else was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

SIZE = 50
FARTHEST = 1_000_000  # a page that no list has, so that no number is too large for a database

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Pages:
    """One page of a list: its number from 1, how many rows there are, and the list's address with what was asked."""

    page: int
    count: int
    path: str
    query: Mapping[str, str]
    size: int = SIZE

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.count // self.size))

    @property
    def skip(self) -> int:
        """How many rows lie before this page."""
        return (min(self.page, self.pages) - 1) * self.size

    @property
    def previous(self) -> str | None:
        """The address of the page before, None on the first."""
        return self.address(page=str(self.page - 1)) if self.page > 1 else None

    @property
    def following(self) -> str | None:
        """The address of the page after, None on the last."""
        return self.address(page=str(self.page + 1)) if self.page < self.pages else None

    def address(self, **changed: str) -> str:
        """Return the list's address with something else asked; empty values are left out, and so is the first page."""
        asked = {**self.query, **({} if changed.keys() - {"page"} else {"page": str(self.page)}), **changed}
        said = {name: value for name, value in asked.items() if value and (name, value) != ("page", "1")}
        return f"{self.path}?{urlencode(said)}" if said else self.path

    def of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return the rows of this page, of all of the list."""
        return rows[self.skip : self.skip + self.size]


def pages(number: str | None, count: int, path: str, query: Mapping[str, str], size: int = SIZE) -> Pages:
    """Return the page that an address asks for; what is no page is the first, and past the end is the last."""
    asked = int(number) if number and number.isascii() and number.isdigit() and len(number) < 8 else 1
    found = Pages(min(max(asked, 1), FARTHEST), count, path, query, size)
    return Pages(min(found.page, found.pages), count, path, query, size)
