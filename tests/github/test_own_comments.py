"""How the App knows its own comments: by its id, else by its login, else by being an App's at all."""

from __future__ import annotations

import pytest

from github.reads.app import UNKNOWN, AppFacts

ALMANAC = AppFacts(7, "almanac", "Almanac")


@pytest.mark.parametrize(
    ("app", "app_id", "login", "expected"),
    [
        (ALMANAC, 7, "almanac[bot]", True),
        (ALMANAC, 7, "renamed-since[bot]", True),
        (ALMANAC, 8, "almanac[bot]", False),
        (ALMANAC, None, "Almanac[bot]", True),
        (ALMANAC, None, "other[bot]", False),
        (ALMANAC, None, None, False),
        (AppFacts(7, None, ""), None, "somebody[bot]", True),
        (AppFacts(7, None, ""), None, "quartz-otter", False),
        (UNKNOWN, 9, "somebody[bot]", True),
        (UNKNOWN, None, "quartz-otter", False),
    ],
)
def test_whose_comment_it_is(app: AppFacts, app_id: int | None, login: str | None, expected: bool) -> None:
    assert app.wrote(app_id, login) is expected


def test_an_app_without_a_slug_has_no_login() -> None:
    """The slug is optional in GitHub's description; an empty one must not make `[bot]` a login."""
    assert UNKNOWN.bot_login is None
    assert AppFacts(7, "", "").bot_login is None
