"""How often a repository's workflows ran: what most clones come from."""

from __future__ import annotations

from datetime import date, timedelta

from github.client import GitHub
from github.errors import Refused
from github.reads.repository import RepoRef
from github.route import Route

RUNS = Route("GET", "/repos/{owner}/{repo}/actions/runs")


async def runs_between(gh: GitHub, repo: RepoRef, since: date, until: date) -> int:
    """Return how many workflow runs were created on the UTC days from `since` up to, but without, `until`.

    Needs Actions: read, else raises Refused; an answer without a number is Refused too. Only the number is read: GitHub
    counts all runs of a search and lists the first 1,000.
    """
    if since >= until:
        raise ValueError(f"{since} is not before {until}")
    span = f"{since.isoformat()}..{(until - timedelta(days=1)).isoformat()}"  # GitHub's ranges include both ends
    said = await gh.get(RUNS.at(owner=repo.owner, repo=repo.name), {"created": span, "per_page": 1})
    count = said.get("total_count") if isinstance(said, dict) else None
    if not isinstance(count, int):
        raise Refused(200, "GitHub's answer does not say how many workflow runs there were")
    return count
