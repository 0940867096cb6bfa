"""Where made-up visitors come from, and what they look at."""

from __future__ import annotations

_USUAL = (
    "Google", "github.com", "Bing", "DuckDuckGo", "docs.lantern.example", "stackoverflow.com", "lantern.example",
    "linkedin.com", "t.co", "ecosia.org", "kagi.com", "chat.quartz.example", "yandex.com", "baidu.com", "news.example",
)  # fmt: skip
_MENTIONS = ("Hacker News", "reddit.com", "lobste.rs", "dev.to", "weekly.example", "tldr.example")
_PARTS = (
    "", "/issues", "/releases", "/tree/main/src", "/pulls", "/blob/main/README.md", "/tree/main/docs",
    "/blob/main/docs/getting-started.md", "/tags", "/blob/main/CHANGELOG.md", "/tree/main/examples", "/discussions",
    "/blob/main/docs/configuration.md", "/tree/main/tests", "/blob/main/pyproject.toml", "/network/dependents",
    "/blob/main/LICENSE", "/actions", "/search", "/graphs/contributors",
)  # fmt: skip
REFERRERS = len(_USUAL)
MENTIONS = len(_MENTIONS)


def referrer_of(number: int) -> str:
    """Return a referrer by its number: the usual ones first, then those that write about repositories."""
    return (*_USUAL, *_MENTIONS)[number]


def path_of(page: int, full_name: str) -> str:
    """Return the path of a page by its number, the most visited first; past the known ones they are issues."""
    part = _PARTS[page] if page < len(_PARTS) else f"/issues/{11 * (page - len(_PARTS)) + 7}"
    return f"/{full_name}{part}"
