"""A file of a repository's default branch."""

from __future__ import annotations

import base64

from github.client import GitHub
from github.errors import Gone, Refused
from github.route import Route

CONTENTS = Route("GET", "/repos/{owner}/{repo}/contents/{path}")


async def file_text(gh: GitHub, owner: str, name: str, path: str) -> str | None:
    """Return a file of the default branch as text; None if there is no such file, or it is a folder.

    What is not UTF-8 becomes U+FFFD, so that one wrong letter in a remark costs nothing else. A file of which GitHub
    shows no text, since it is over 1 MB, raises Refused: it is there, and nobody may take it for absent. Only the
    default branch is ever read: a pull request must not be able to configure the bot.
    """
    try:
        said = await gh.get(CONTENTS.at(owner=owner, repo=name, path=path))
    except Gone:
        return None
    if isinstance(said, dict) and said.get("encoding") == "none":
        raise Refused(413, f"GitHub shows no text of {path}, which is larger than 1 MB")
    if not isinstance(said, dict) or said.get("encoding") != "base64":
        return None
    return base64.b64decode(said["content"]).decode("utf-8-sig", errors="replace")
