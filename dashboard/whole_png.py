"""Whether a stored PNG is still what was stored: its chunks are there to the last one, each with its checksum."""

from __future__ import annotations

import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
LAST = b"IEND"
WORD = 4  # bytes of a chunk's length, of its type and of its checksum


def is_whole(data: bytes) -> bool:
    """Tell whether the chunks of a PNG are undamaged and end where it does: https://www.w3.org/TR/png-3/#5Chunk-layout."""
    place = len(SIGNATURE)
    whole = data.startswith(SIGNATURE)
    while whole and place < len(data):
        end = place + 2 * WORD + int.from_bytes(data[place : place + WORD])
        checksum = int.from_bytes(data[end : end + WORD])
        if end + WORD > len(data) or zlib.crc32(data[place + WORD : end]) != checksum:
            return False
        if data[place + WORD : place + 2 * WORD] == LAST:
            return end + WORD == len(data)
        place = end + WORD
    return False
