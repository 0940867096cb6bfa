"""What is written: titles, labels and short texts, with some that try out every escaping there is."""

from __future__ import annotations

from random import Random

VERBS = (
    "Fix", "Fix", "Fix", "Add", "Add", "Remove", "Refactor", "Document", "Speed up", "Simplify", "Rename",
    "Test", "Harden",
)  # fmt: skip
THINGS = (
    "the retry loop", "CSV export", "the scheduler", "config loading", "the login form", "token refresh",
    "the wick parser", "flame colours", "the cache", "pagination", "the migration runner", "error messages",
    "the release script", "type hints", "the oil gauge", "date handling", "the plug-in loader", "web sockets",
    "the colour picker", "log rotation", "the health check", "command-line help", "the index page", "search",
    "the import wizard",
)  # fmt: skip
ENDINGS = (
    "", "", "", " on Windows", " for large files", " when offline", " after a restart",
    " in time zones west of Greenwich", " under load", " for empty input", " without blocking", " (part 2)",
    " in dark mode", " behind a proxy",
)  # fmt: skip
# Each of them has broken somebody's table, mention, link or spreadsheet.
AWKWARD_TITLES = (
    "Support `a | b` in filter expressions",
    "Thank @quartz-otter and @quartz-labs/core <b>properly</b>",
    "<script>alert('title')</script> in the changelog",
    "Tables: escape | and ]( and \\ in cells",
    "Fixes #12, closes quartz-labs/lantern#3",
    "=HYPERLINK(\"https://example.invalid\",\"open\") in exported cells",
    "Größere Schriften für Überschriften",
    "修正:表格列宽与换行 ✨",
    "إصلاح محاذاة النص",
    "<!-- hidden --> comments vanish & never come back",
    "***Bold*** _claims_ ~about~ [links](javascript:alert(1))",
)  # fmt: skip
SYMPTOMS = (
    "crashes", "is slow", "shows the wrong day", "loses the last line", "hangs for a minute",
    "ignores the proxy", "prints nothing", "needs documentation", "could be configurable",
    "fails on Python 3.14", "flickers", "does not close its files",
)  # fmt: skip
LIBRARIES = (
    "aiohttp", "pytest", "ruff", "mypy", "sphinx", "jinja2", "numpy", "actions/checkout",
    "actions/setup-python", "orjson", "click", "hypothesis", "cryptography", "pillow",
)  # fmt: skip
PULL_LABELS = (
    "bug", "enhancement", "documentation", "performance", "breaking change", "needs tests",
)  # fmt: skip
ISSUE_LABELS = (
    "bug", "bug", "enhancement", "question", "documentation", "good first issue", "needs reproduction", "p1",
)  # fmt: skip
SENTENCES = (
    "I can reproduce this on the current main branch.", "Thanks for the report!",
    "Could you add a test for the empty case?", "This has been bothering us for weeks.",
    "The smallest change that works; the clean-up follows separately.", "What happens if the file is missing?",
    "Rebased on main.", "I would rather keep the old name for one more release.",
    "Works for me on Linux, not on macOS.", "Good catch, fixed in the last commit.",
    "Is there a reason not to use a set here?", "See the discussion in the chat for the background.",
    "The numbers look right to me.", "Let us land this before the release.",
    "I have no strong opinion, either is fine.", "Sorry for the delay, I was away.", "Any news on this one?",
    "The flame goes out when `wick.trim()` is called twice.", "Steps: open the page, press **Export**, wait.",
    "- [x] tests\n- [ ] documentation\n- [ ] changelog", "> I would rather keep the old name\n\nAgreed.",
    "```python\nlantern.light(oil=0)  # raises, should warn\n```", "Closing in favour of the other approach.",
)  # fmt: skip


def pull_title(random: Random) -> str:
    """Return what a person calls a pull request."""
    return f"{random.choice(VERBS)} {random.choice(THINGS)}{random.choice(ENDINGS)}"


def bump_title(random: Random) -> str:
    """Return what a dependency robot calls its pull request."""
    major, minor, patch = random.randrange(1, 30), random.randrange(0, 20), random.randrange(0, 9)
    return f"Bump {random.choice(LIBRARIES)} from {major}.{minor}.{patch} to {major}.{minor}.{patch + 1}"


def issue_title(random: Random) -> str:
    """Return what a person calls a problem."""
    thing = random.choice(THINGS)
    return f"{thing[0].upper()}{thing[1:]} {random.choice(SYMPTOMS)}{random.choice(ENDINGS)}"


def text(random: Random, most: int = 3) -> str:
    """Return up to `most` paragraphs."""
    return "\n\n".join(random.sample(SENTENCES, random.randint(1, most)))


def labels(random: Random, known: tuple[str, ...], share: float) -> list[str]:
    """Return no label, or with chance `share` one or two of `known`."""
    if random.random() > share:
        return []
    return sorted(set(random.choices(known, k=random.choice((1, 1, 2)))))
