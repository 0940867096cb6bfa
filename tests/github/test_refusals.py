"""Why GitHub said no, told apart by what a person could do about it."""

from __future__ import annotations

import pytest

from github.refusals import Cause, cause_of

UPGRADE = "Upgrade to GitHub Pro or make this repository public to enable this feature."
ACCEPTED = "administration=read"


@pytest.mark.parametrize(
    ("status", "reason", "permission", "cause"),
    [
        (403, "Resource not accessible by integration", ACCEPTED, "permission"),
        (403, "Resource not accessible by integration", None, "permission"),
        (403, "Resource not accessible by personal access token", None, "permission"),
        (403, "Must have push access to repository", None, "permission"),
        (403, "GET /repos/{owner}/{repo}/traffic/views: " + UPGRADE, None, "plan"),
        (403, UPGRADE, ACCEPTED, "plan"),
        (403, "Please use a billing plan that includes it", None, "plan"),
        (403, "Repository access blocked", None, "other"),
        (401, "Bad credentials", None, "other"),
        (422, "Validation Failed", None, "other"),
        (404, "Not Found", ACCEPTED, "gone"),
        (410, "Gone", None, "gone"),
        (451, "Repository access blocked", None, "gone"),
        (200, "GitHub's answer could not be read: cut off", None, "answer"),
    ],
)
def test_a_refusal_has_a_cause(status: int, reason: str, permission: str | None, cause: Cause) -> None:
    assert cause_of(status, reason, permission) == cause
