"""Issues of the App's own: opened, edited, closed; and the label that they carry."""

from __future__ import annotations

from collections.abc import Sequence

from github.client import GitHub
from github.errors import Refused
from github.pace import Urgency
from github.reads.repository import RepoRef
from github.route import Route

OPEN = Route("POST", "/repos/{owner}/{repo}/issues")
CHANGE = Route("PATCH", "/repos/{owner}/{repo}/issues/{issue_number}")
LABEL = Route("POST", "/repos/{owner}/{repo}/labels")

LONGEST_TITLE = 256  # GitHub's limit, in characters
LONGEST_BODY = 65_536
UNPROCESSABLE = 422  # what GitHub answers for a label that is there already


async def open_issue(gh: GitHub, repo: RepoRef, title: str, body: str, labels: Sequence[str] = ()) -> int:
    """Open an issue and return its number; raises Unsure if it may be there: look for it before trying again."""
    said = await gh.post(
        OPEN.at(owner=repo.owner, repo=repo.name),
        {"title": checked(title, LONGEST_TITLE), "body": checked(body, LONGEST_BODY), "labels": list(labels)},
        urgency=Urgency.UNASKED,
    )
    number: int = said["number"]
    return number


async def edit_issue(gh: GitHub, repo: RepoRef, number: int, title: str, body: str, *, reopened: bool = False) -> None:
    """Replace an issue's title and text; raises Gone if it was deleted. reopened: it is open from then on."""
    changed = {"title": checked(title, LONGEST_TITLE), "body": checked(body, LONGEST_BODY)}
    if reopened:
        changed["state"] = "open"
    await gh.patch(CHANGE.at(owner=repo.owner, repo=repo.name, issue_number=number), changed)


async def close_issue(gh: GitHub, repo: RepoRef, number: int, *, planned: bool = True) -> None:
    """Close an issue as completed, or as not planned; one that is closed stays so. Raises Gone if it was deleted."""
    changed = {"state": "closed", "state_reason": "completed" if planned else "not_planned"}
    await gh.patch(CHANGE.at(owner=repo.owner, repo=repo.name, issue_number=number), changed)


async def make_label(gh: GitHub, repo: RepoRef, name: str, color: str, description: str) -> bool:
    """Make sure that a label is there; False where the App may not make one."""
    wanted = {"name": name, "color": color, "description": description}
    try:
        path = LABEL.at(owner=repo.owner, repo=repo.name)
        await gh.post(path, wanted, repeatable=True, urgency=Urgency.UNASKED)
    except Refused as refusal:
        return refusal.status == UNPROCESSABLE
    return True


def checked(text: str, most: int) -> str:
    """Return a text that GitHub takes; a longer one is a fault of ours."""
    if len(text) > most:
        raise ValueError(f"{len(text):,} characters are more than GitHub's {most:,}")
    return text
