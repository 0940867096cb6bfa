"""Who reads a thread: everybody whom its repository is shown to, by the widest that is known of it."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from github.client import GitHub
from github.errors import Gone
from github.reads.repository import repository
from reports.together import NARROWEST_FIRST
from storage.installations import Repository, Visibility


def widest(*visibilities: str) -> Visibility:
    """Return the visibility of these that the most people have; one that is not known here counts as public."""
    known = {one if one in NARROWEST_FIRST else "public" for one in visibilities}
    return next(one for one in reversed(NARROWEST_FIRST) if one in known)


async def looked_up(github: GitHub, known: Repository) -> Repository:
    """Return the repository as GitHub shows it now; raises Gone where it is not visible any more."""
    facts = await repository(github, known.owner, known.name)
    if facts.id != known.id:
        raise Gone(f"another repository is called {known.full_name} now")
    return replace(
        known,
        owner=facts.owner,
        name=facts.name,
        visibility=cast("Visibility", facts.visibility),
        default_branch=facts.default_branch or known.default_branch,
        archived=facts.archived,
    )


async def readers_of(github: GitHub, reported: Repository) -> Repository:
    """Return a thread's repository with the wider of the visibility that was reported of it and the one it has now.

    What was reported may have waited, and the repository gone public since: then everybody reads the answer.
    """
    if reported.visibility == "public":
        return reported
    now = await looked_up(github, reported)
    return replace(reported, visibility=widest(reported.visibility, now.visibility))
