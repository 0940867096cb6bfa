"""What GitHub answers about traffic: good answers to all six requests, and the ways in which it says no."""

from __future__ import annotations

from typing import Any

from github.reads.repository import RepoRef
from tests.github.fake import FakeGitHub, Heard, Says, Script

REPO = RepoRef(7, "harbour", "quay")
PATH = "/repos/harbour/quay/traffic/"
NO_PERMISSION = Says(
    {"message": "Resource not accessible by integration"}, 403, {"x-accepted-github-permissions": "administration=read"}
)
NO_PLAN = Says(
    {"message": "Upgrade to GitHub Pro or make this repository public to enable this feature."},
    403,
    {"x-accepted-github-permissions": "administration=read"},
)
NOT_FOUND = Says({"message": "Not Found"}, 404)
LIMITED = Says({"message": "API rate limit exceeded"}, 403, {"retry-after": "3600"})


def line(day: str, count: int = 3, uniques: int = 2, time: str = "T00:00:00Z") -> dict[str, Any]:
    return {"timestamp": day + time, "count": count, "uniques": uniques}


def counted(kind: str, *lines: dict[str, Any], count: int = 30, uniques: int = 11) -> dict[str, Any]:
    return {"count": count, "uniques": uniques, kind: list(lines)}


def by(day: Script, week: Script) -> Script:
    """Return a script for an endpoint that is asked by day and by week."""

    def script(heard: Heard) -> Any:
        chosen = day if heard.query["per"] == "day" else week
        return chosen(heard) if callable(chosen) else chosen

    return script


def answers(fake: FakeGitHub, **changes: Script) -> None:
    """Let every part have a good answer but those given, by the names of PARTS."""
    good: dict[str, Script] = {
        "views": Says(counted("views", line("2026-11-21", 20, 9), line("2026-11-22", 10, 5))),
        "view_weeks": Says(counted("views", line("2026-11-09", 12, 6), line("2026-11-16", 18, 8))),
        "clones": Says(counted("clones", line("2026-11-20", 4, 4), count=4, uniques=4)),
        "clone_weeks": Says(counted("clones", line("2026-11-16", 4, 4), count=4, uniques=4)),
        "referrers": Says([{"referrer": "Google", "count": 4, "uniques": 3}]),
        "paths": Says([{"path": "/harbour/quay", "title": "Quay", "count": 9, "uniques": 5}]),
    }
    part = good | changes
    fake.on("GET", PATH + "views", by(part["views"], part["view_weeks"]))
    fake.on("GET", PATH + "clones", by(part["clones"], part["clone_weeks"]))
    fake.on("GET", PATH + "popular/referrers", part["referrers"])
    fake.on("GET", PATH + "popular/paths", part["paths"])
