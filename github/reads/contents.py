"""A file of a repository's default branch."""

from __future__ import annotations

import base64
import binascii

from github.client import GitHub
from github.errors import Gone
from github.route import Route

CONTENTS = Route("GET", "/repos/{owner}/{repo}/contents/{path}")


async def file_text(gh: GitHub, owner: str, name: str, path: str) -> str | None:
    """Return a UTF-8 file of the default branch; None if there is no such file, or it is a folder or over 1 MB.

    Only the default branch is ever read: a pull request must not be able to configure the bot.
    """
    try:
        said = await gh.get(CONTENTS.at(owner=owner, repo=name, path=path))
    except Gone:
        return None
    if not isinstance(said, dict) or said.get("encoding") != "base64":
        return None
    try:
        return base64.b64decode(said["content"]).decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError):
        return None
