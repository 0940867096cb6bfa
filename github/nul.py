"""JSON from GitHub without U+0000, which no name, title or path means, and which PostgreSQL keeps in no text."""

from __future__ import annotations

import re

ESCAPED = b"\\u0000"
# an escape only where the backslash before it is not itself escaped
NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
INSTEAD = rb"\1\\ufffd"


def without_nul(body: bytes) -> bytes:
    """Return a JSON text whose strings have U+FFFD for U+0000; the same bytes where there is none."""
    if ESCAPED not in body:
        return body
    changed = body
    # what was found ends where the next one may begin, so that of several in a row each second one is left
    while (once := NUL.sub(INSTEAD, changed)) != changed:
        changed = once
    return changed
