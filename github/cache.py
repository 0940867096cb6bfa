"""What was read before, with its ETag: a 304 costs nothing of the hourly limit.

One cache per installation: an answer to one tenant must never reach another.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

MOST_ENTRIES = 512
MOST_BYTES = 4 * 1024**2


@dataclass(frozen=True, slots=True)
class Cached:
    """An answer as it came: its ETag, its raw body and the address of the next page."""

    etag: str
    body: bytes
    next_url: str | None


class EtagCache:
    """The most recently used answers by URL, bounded in number and in bytes of bodies."""

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES) -> None:
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._entries: OrderedDict[str, Cached] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """Return the bytes of all kept bodies."""
        return self._bytes

    def get(self, url: str) -> Cached | None:
        entry = self._entries.get(url)
        if entry is not None:
            self._entries.move_to_end(url)
        return entry

    def put(self, url: str, entry: Cached) -> None:
        self.drop(url)
        if len(entry.body) > self._most_bytes:
            return
        self._entries[url] = entry
        self._bytes += len(entry.body)
        while len(self._entries) > self._most_entries or self._bytes > self._most_bytes:
            _, oldest = self._entries.popitem(last=False)
            self._bytes -= len(oldest.body)

    def drop(self, url: str) -> None:
        old = self._entries.pop(url, None)
        if old is not None:
            self._bytes -= len(old.body)
