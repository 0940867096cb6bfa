"""A release a month, a candidate before some of them, and a draft that waits for its notes."""

from __future__ import annotations

from random import Random

from sandbox.dataset import Row
from sandbox.generate_calendar import DAY, HOUR, Span, stamp
from sandbox.generate_commits import Branch
from sandbox.generate_people import Person

MONTH = 30 * DAY


def releases(random: Random, branch: Branch, title: str, author: Person, span: Span, *, first_id: int) -> list[Row]:
    """Return the span's releases, oldest first; the newest is a draft that nobody has published."""
    tags: list[tuple[str, int]] = []
    made_at, minor = span.since + 20 * DAY, 1
    while made_at < span.until:
        made_at += random.randrange(9 * HOUR, 17 * HOUR)
        if random.random() < 0.3:
            tags.append((f"v0.{minor}.0rc1", made_at - 4 * DAY))
        tags.append((f"v0.{minor}.0", made_at))
        if random.random() < 0.25:
            tags.append((f"v0.{minor}.1", made_at + 3 * DAY))
        made_at = made_at - made_at % DAY + MONTH + random.randrange(-3, 4) * DAY
        minor += 1
    rows = [
        {
            "id": first_id + index, "tag_name": tag, "name": f"{title} {tag[1:]}", "created_at": stamp(at - 600),
            "published_at": stamp(at), "prerelease": "rc" in tag, "draft": False,
            "target_sha": branch.tip(at - 600), "author": author.login,
        }
        for index, (tag, at) in enumerate(tags)
        if at < span.until
    ]  # fmt: skip
    if rows:
        rows[-1] |= {"draft": True, "published_at": None}
    return rows
