"""Pictures as files on a branch of the repository that they are of, for the readers of its threads alone.

The branch shares no history with any other. Each commit holds the pictures of one answer and nothing else: the answer
links to them by the commit, so what stands in a thread stays as it is whatever is written after.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from github.client import GitHub
from github.errors import Gone, Refused
from github.reads.branches import tip
from github.reads.repository import RepoRef
from github.refusals import cause_of
from github.writes.git import UNPROCESSABLE, lead, make_blob, make_commit, make_tree
from reports.answer import PictureData
from reports.markdown import PictureLink
from reports.sentences import BRANCH_REFUSED, BRANCH_UNREACHED

BRANCH = "almanac-pictures"
MESSAGE = "Pictures of an answer [skip ci]"
README = """\
Pictures of answers that Almanac has given in this repository's threads.

Each commit holds those of one answer, which links to them by that commit. While answers are to show their pictures,
leave this branch and its history as they are. No other branch has anything to do with it.
"""
TRIES = 4  # somebody else's answer may come onto the branch between looking and writing

log = structlog.get_logger(__name__)


async def hang(
    github: GitHub, repository: RepoRef, pictures: Sequence[PictureData]
) -> tuple[tuple[PictureLink, ...] | None, str | None]:
    """Put pictures on the branch; return their links, or None and why their text is to stand for them. Raises Later."""
    try:
        commit = await put(github, repository, pictures)
    except (Refused, Gone) as error:
        status = error.status if isinstance(error, Refused) else 404
        log.warning("pictures could not be put on a branch", repository=repository.id, reason=error.reason)
        lacks = cause_of(status, error.reason, getattr(error, "permission", None)) == "permission"
        return None, BRANCH_REFUSED if lacks else BRANCH_UNREACHED
    # the host where threads are read: what lies there is loaded with the reader's own login, and by no proxy
    base = f"{github.endpoints.web}/{repository.full_name}/blob/{commit}"
    links = [
        PictureLink(*(f"{base}/{file_name(place, theme)}?raw=true" for theme in ("light", "dark")))
        for place in range(len(pictures))
    ]
    return tuple(links), None


async def put(github: GitHub, repository: RepoRef, pictures: Sequence[PictureData]) -> str:
    """Put pictures on the branch as one commit and return its sha; raises Refused where that cannot be."""
    blobs: dict[str, str] = {}
    for place, picture in enumerate(pictures):
        for theme, png in (("light", picture.light), ("dark", picture.dark)):
            blobs[file_name(place, theme)] = await make_blob(github, repository, png)
    tree = await make_tree(github, repository, blobs, {"README.md": README})
    commit = None
    for _ in range(TRIES):
        before = await tip(github, repository, BRANCH)
        if before is not None and before == commit:
            return before  # GitHub's answer was lost: sent again, it was refused since it had been done
        commit = await make_commit(github, repository, MESSAGE, tree, () if before is None else (before,))
        if await lead(github, repository, BRANCH, commit, begin=before is None):
            return commit
    raise Refused(UNPROCESSABLE, f"the branch {BRANCH} was not to be moved")


def file_name(place: int, theme: str) -> str:
    """Return what a picture's file is called."""
    return f"{place + 1}-{theme}.png"
