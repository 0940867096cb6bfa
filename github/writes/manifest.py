"""The last step of GitHub's App manifest flow: a code that is good once, for an hour, becomes the App's credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from github.client import GitHub
from github.route import Route

CONVERT = Route("POST", "/app-manifests/{code}/conversions")


@dataclass(frozen=True, slots=True)
class Registered:
    """A new App and what only its owner may know; GitHub shows these secrets this one time."""

    app_id: int
    slug: str
    page: str
    client_id: str
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    private_key: str = field(repr=False)


async def convert(gh: GitHub, code: str) -> Registered:
    """Exchange the code, as nobody; raises ValueError if GitHub's answer lacks something that an App needs.

    A code that is unknown, used or older than an hour raises Gone. It is never sent twice: a lost answer raises Unsure,
    and the App then exists without anybody who knows its key.
    """
    return registered(await gh.post(CONVERT.at(code=code), paced=False))


def registered(said: Mapping[str, Any]) -> Registered:
    """Read the answer; what is missing is named, and nothing of what is there is repeated."""
    texts = {
        name: said.get(name) for name in ("slug", "html_url", "client_id", "client_secret", "webhook_secret", "pem")
    }
    missing = [name for name, value in texts.items() if not isinstance(value, str) or not value]
    if not isinstance(said.get("id"), int):
        missing.insert(0, "id")
    if missing:
        raise ValueError(f"GitHub's answer has no {', no '.join(missing)}")
    return Registered(
        app_id=int(said["id"]),
        slug=str(texts["slug"]),
        page=str(texts["html_url"]),
        client_id=str(texts["client_id"]),
        client_secret=str(texts["client_secret"]),
        webhook_secret=str(texts["webhook_secret"]),
        private_key=str(texts["pem"]),
    )
