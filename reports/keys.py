"""The hidden key in every comment of ours: how an answer is found again, so that it is never posted twice."""

from __future__ import annotations

import re

KEY = re.compile(r"<!-- almanac:([a-z0-9-]+) -->")


def answer_key(repository_id: int, comment_id: int) -> str:
    """Return the key of the answer to a comment: the same however often the delivery is processed."""
    return f"answer-{repository_id}-{comment_id}"


def hidden(key: str) -> str:
    """Return `key` as it stands in a comment's body, invisible to readers."""
    if not KEY.fullmatch(comment := f"<!-- almanac:{key} -->"):
        raise ValueError(f"a key has lower-case letters, digits and hyphens only; {key!r} has others")
    return comment


def find_key(body: str) -> str | None:
    """Return the key in a comment's body, None if it has none; the last one counts, since ours stands last."""
    found = KEY.findall(body)
    return found[-1] if found else None


def with_key(body: str, key: str | None) -> str:
    """Return `body` with its hidden key as last line; as it is if there is none."""
    return body if key is None else f"{body}\n\n{hidden(key)}"
