"""Paged lists as GitHub answers them: cursors that survive insertions, counts, and whether there is more."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from graphql import GraphQLError

Key = tuple[str, int]
PREFIX = b"cursor:v2:"


def encode(key: Key) -> str:
    """Return the opaque cursor of a sort key."""
    return base64.b64encode(PREFIX + msgspec.json.encode(key)).decode()


def decode(cursor: str) -> Key:
    """Read a cursor back; GitHub's error for one it never gave."""
    try:
        version, _, raw = base64.b64decode(cursor, validate=True).partition(PREFIX)
        text, number = msgspec.json.decode(version or raw)
        return str(text), int(number)
    except (ValueError, TypeError, binascii.Error, msgspec.DecodeError):
        raise GraphQLError(
            f"`{cursor}` does not appear to be a valid cursor.", extensions={"type": "INVALID_CURSOR_ARGUMENTS"}
        ) from None


@dataclass(frozen=True, slots=True)
class Paging:
    """The four arguments every connection takes."""

    first: int | None = None
    last: int | None = None
    after: str | None = None
    before: str | None = None

    @classmethod
    def of(cls, arguments: dict[str, Any]) -> Paging:
        return cls(*(arguments.get(name) for name in ("first", "last", "after", "before")))


@dataclass(slots=True)
class Connection:
    """One page; `filtered` counts what the filters left, `total` what there is."""

    nodes: Sequence[Any]
    keys: Sequence[Key]
    total: int
    has_next: bool
    has_previous: bool
    filtered: int = 0

    @property
    def start_cursor(self) -> str | None:
        return encode(self.keys[0]) if self.keys else None

    @property
    def end_cursor(self) -> str | None:
        return encode(self.keys[-1]) if self.keys else None

    @property
    def edges(self) -> list[tuple[str, Any]]:
        return [(encode(key), node) for key, node in zip(self.keys, self.nodes, strict=True)]


class Index:
    """Rows in ascending order of unique keys, paged from either end by binary search."""

    def __init__(self, rows: Sequence[Any], keys: Sequence[Key]) -> None:
        self.rows, self.keys = rows, keys

    @classmethod
    def by(cls, rows: Sequence[Any], key: Callable[[Any], Key]) -> Index:
        """Sort `rows` by `key`."""
        ordered = sorted(rows, key=key)
        return cls(ordered, [key(row) for row in ordered])

    def between(self, since: str | None, until: str | None) -> Index:
        """Keep the rows whose key's text lies in [since, until], both ends included."""
        low = 0 if since is None else bisect_left(self.keys, (since, -1))
        high = len(self.keys) if until is None else bisect_right(self.keys, (until, 1 << 62))
        return Index(self.rows[low:high], self.keys[low:high])

    def page(self, paging: Paging, *, descending: bool, total: int | None = None) -> Connection:
        """Cut out one page."""
        count = len(self.rows)
        start = self._after(decode(paging.after), descending=descending) if paging.after else 0
        stop = self._before(decode(paging.before), descending=descending) if paging.before else count
        if paging.first is not None:
            stop = min(stop, start + paging.first)
        if paging.last is not None:
            start = max(start, stop - paging.last)
        stop = max(stop, start)
        cut = slice(count - stop, count - start) if descending else slice(start, stop)
        nodes, keys = self.rows[cut], self.keys[cut]
        if descending:
            nodes, keys = nodes[::-1], keys[::-1]
        return Connection(nodes, keys, count if total is None else total, stop < count, start > 0, count)

    def _after(self, key: Key, *, descending: bool) -> int:
        return len(self.keys) - bisect_left(self.keys, key) if descending else bisect_right(self.keys, key)

    def _before(self, key: Key, *, descending: bool) -> int:
        return len(self.keys) - bisect_right(self.keys, key) if descending else bisect_left(self.keys, key)


class Listed(Index):
    """A short list in its own order, keyed by place."""

    def __init__(self, rows: Sequence[Any]) -> None:
        super().__init__(rows, _Places(len(rows)))


class _Places(Sequence[Key]):
    """The keys ("", 0), ("", 1), … made when asked for: a list of reviews is seldom paged."""

    def __init__(self, count: int, start: int = 0) -> None:
        self._count, self._start = count, start

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [("", self._start + number) for number in range(*place.indices(self._count))]
        return "", self._start + range(self._count)[place]
