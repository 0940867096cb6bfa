"""`.github/analytics.yml` of the default branch, else of the owner's `.github` repository: who may ask."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import structlog
import yaml

from github.client import GitHub
from github.errors import Refused
from github.reads.contents import file_text
from storage.installations import Repository

PATH = ".github/analytics.yml"
OWNERS_REPOSITORY = ".github"
LARGEST = 64 * 1024
EVERYONE = "everyone"

log = structlog.get_logger(__name__)


class Plain(yaml.SafeLoader):
    """Reads YAML without aliases: a few lines of them can stand for more than memory holds."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are not read", None)
        return super().compose_node(parent, index)


@dataclass(frozen=True)
class Configuration:
    """What a repository's owners have set."""

    everyone_may: bool = False


async def read_configuration(github: GitHub, repository: Repository) -> Configuration:
    """Read the configuration; without one, or without permission to read it, the defaults hold."""
    for name in (repository.name, OWNERS_REPOSITORY):
        try:
            text = await file_text(github, repository.owner, name, PATH)
        except Refused as refusal:
            log.info("the configuration cannot be read", repository=repository.id, status=refusal.status)
            return Configuration()
        if text is not None:
            return await asyncio.to_thread(parse_configuration, text)  # a large one takes a while
    return Configuration()


def parse_configuration(text: str) -> Configuration:
    """Read the YAML; what cannot be read widens nothing."""
    if len(text) > LARGEST:
        return Configuration()
    try:
        said = yaml.load(text, Loader=Plain)  # noqa: S506 - it is a SafeLoader that takes still less
    except (yaml.YAMLError, ValueError, RecursionError):  # an impossible date is a ValueError
        return Configuration()
    return Configuration(everyone_may=isinstance(said, dict) and said.get("who_may") == EVERYONE)
