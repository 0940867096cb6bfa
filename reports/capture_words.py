"""What is said of captures in the log of them: plain sentences, written once and shown by every door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from analytics.words import number
from github.refusals import Cause
from storage.captures import Outcome
from storage.installations import Installation

NO_PERMISSION = "GitHub does not let the App read traffic: it needs the permission administration=read"
NO_PLAN = "GitHub shows the traffic of private repositories only on a paid plan"
NOT_THERE = "GitHub no longer shows the repository to the App"
NO_TRAFFIC = "GitHub has no traffic for this repository; Enterprise Server and data residency have none at all"
LACKING = "No traffic was read: the App lacks the repository permission Administration (read-only)"
OURS = "a fault of Almanac itself; its log has it"
REMOVED = "the App was uninstalled"
GIVEN_UP = "it failed again and again; the log of the server has why"
WRONG_CLOCK = "it was planned while the server's clock stood wrong"
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
ORGANIZATION = "Organization"


def settings_page(web: str, installation: Installation) -> str:
    """Return the page where the owner sees the installation and approves what the App asks for."""
    if installation.account_type == ORGANIZATION:
        return f"{web}/organizations/{installation.account_login}/settings/installations/{installation.id}"
    return f"{web}/settings/installations/{installation.id}"


def missing_permission(web: str, installation: Installation) -> str:
    """Return why there is no traffic of a whole installation, and where that is changed; said once per run."""
    page = settings_page(web, installation)
    return (
        f"{LACKING}, under which GitHub shows traffic. "
        f"An owner of {installation.account_login} approves it at {page} ; if it is not offered there, "
        "the App's registration does not ask for it yet"
    )


def is_lacking(reason: str | None) -> bool:
    """Tell whether a run's reason is that the App may not read the traffic of the whole installation."""
    return reason is not None and reason.startswith(LACKING)


def unavailable(said: str) -> str:
    """Return why a repository could not be read while others could."""
    return f"GitHub could not show it: {said}"


def suspended(since: datetime) -> str:
    """Return why a run stopped where the App is suspended."""
    return f"the App is suspended since {since:%Y-%m-%d %H:%M} UTC"


def overtaken(run: str) -> str:
    """Return why an interrupted run was not taken up again."""
    return f"it was interrupted; the run {run} took over"


def refused(cause: Cause, status: int, said: str) -> str:
    """Return why GitHub did not show a repository's traffic, or a part of it."""
    if cause == "permission":
        return NO_PERMISSION
    if cause == "plan":
        return NO_PLAN
    if cause == "gone":
        return NOT_THERE
    return f"GitHub answered {status}: {said}"


def renamed(before: str) -> str:
    """Return what is worth knowing of a repository that has another name than yesterday."""
    return f"it was called {before} before"


def counted(outcomes: Mapping[Outcome, int]) -> str:
    """Return how a run's repositories fared: `12 captured, 1 refused`."""
    found = (f"{number(outcomes[outcome])} {outcome}" for outcome in OUTCOMES if outcomes.get(outcome))
    return ", ".join(found) or "nothing was due"
