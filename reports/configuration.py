"""`.github/analytics.yml` of the default branch, else of the owner's `.github` repository: who may ask, who sees what.

It is read for every door, and nothing written in it is passed over: what cannot be used is a fault with a sentence.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Literal, cast

import structlog
import yaml

from analytics.words import shorten
from github.client import GitHub
from github.errors import Refused
from github.reads.contents import file_text
from reports.capture_rules import DEFAULTS, CaptureRules, capture_rules
from reports.escape import code
from reports.nearest import nearest
from storage.installations import Repository

PATH = ".github/analytics.yml"
OWNERS_REPOSITORY = ".github"
LARGEST = 64 * 1024
LONGEST_QUOTED = 60  # characters of what somebody wrote: a fault is one line of an answer
MOST_NAMED = 4  # faults in one line

WHO_MAY = ("members", "everyone")
SEES_TRAFFIC = ("push", "everyone", "off")
KEYS = ("who_may", "traffic", "capture")
TWICE = "a key that stands there twice"  # not which: it may be the name of a private repository

TrafficFor = Literal["push", "everyone", "off"]

log = structlog.get_logger(__name__)


class Plain(yaml.SafeLoader):
    """Reads YAML without aliases: a few lines of them can stand for more than memory holds. A key stands once."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases are not read", None)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001 - the base's
        written: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in written:
                    raise yaml.constructor.ConstructorError(None, None, TWICE, key.start_mark)
                written.add(key.value)
        return cast("dict[object, object]", super().construct_mapping(node, deep))


@dataclass(frozen=True)
class Configuration:
    """What a repository's owners have set; what they have set wrongly counts as not set and is named.

    everyone_may: anybody may ask, not only members · traffic: who sees it, people who may push, everyone who may ask,
    or nobody (`off`) · capture: how often which repositories are captured; only the owner's file says so.
    faults: harmless Markdown, one clause each · capture_faults: likewise, but they quote patterns, which may be names
    of private repositories · source: `owner/name` of the repository that holds the file, None without one.
    """

    everyone_may: bool = False
    traffic: TrafficFor = "push"
    capture: CaptureRules = DEFAULTS
    faults: tuple[str, ...] = ()
    capture_faults: tuple[str, ...] = ()
    source: str | None = None

    @property
    def fault_line(self) -> str | None:
        """What is wrong in the file in one line of Markdown, without a pattern of `capture:`; None if nothing is."""
        named = list(self.faults[:MOST_NAMED])
        if len(self.faults) > MOST_NAMED:
            named.append(f"{len(self.faults) - MOST_NAMED} more")
        if self.capture_faults:
            named.append(f"{len(self.capture_faults)} of its lines under `capture:` cannot be used")
        return f"{code(PATH)} of {code(self.source or '')}: {'; '.join(named)}." if named else None


async def read_configuration(github: GitHub, repository: Repository) -> Configuration:
    """Read the configuration; without one, or without permission to read it, the defaults hold. Raises Later."""
    for name in (repository.name, OWNERS_REPOSITORY):
        found = await read_file(github, repository.owner, name)
        if found is not None:
            return found
    return Configuration()


async def read_owners_configuration(github: GitHub, owner: str) -> Configuration:
    """Read the configuration of everything that `owner` has, from its `.github` repository. Raises Later."""
    return await read_file(github, owner, OWNERS_REPOSITORY) or Configuration()


async def read_file(github: GitHub, owner: str, name: str) -> Configuration | None:
    """Read one repository's file; None where there is none."""
    try:
        text = await file_text(github, owner, name, PATH)
    except Refused as refusal:
        log.info("the configuration cannot be read", owner=owner, name=name, status=refusal.status)
        return Configuration()
    if text is None:
        return None
    # a large one takes a while
    read = await asyncio.to_thread(parse_configuration, text, owners=name.lower() == OWNERS_REPOSITORY)
    return replace(read, source=f"{owner}/{name}")


def parse_configuration(text: str, *, owners: bool = False) -> Configuration:
    """Read the YAML; what cannot be read widens nothing and is named. owners: it is the owner's own file."""
    if len(text) > LARGEST:
        return Configuration(faults=(f"it is larger than {LARGEST // 1024} kB and was not read",))
    try:
        said = yaml.load(text, Loader=Plain)  # noqa: S506 - it is a SafeLoader that takes still less
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # an impossible date is a ValueError
        return Configuration(faults=(unreadable(error),))
    if said is None:
        return Configuration()
    if not isinstance(said, dict):
        return Configuration(faults=("it must have lines such as `traffic: push`; it was not used",))
    faults = [unknown_key(key) for key in said if key not in KEYS]
    who = choice(said, "who_may", WHO_MAY, faults)
    traffic = choice(said, "traffic", SEES_TRAFFIC, faults)
    rules, capture_faults = capture_rules(said.get("capture"))
    if not owners and "capture" in said:
        rules, capture_faults = DEFAULTS, ()
        faults.append(f"`capture:` counts only in the owner's {code(OWNERS_REPOSITORY)} repository")
    return Configuration(who == "everyone", cast("TrafficFor", traffic), rules, tuple(faults), capture_faults)


def choice(said: dict[object, object], key: str, words: tuple[str, ...], faults: list[str]) -> str:
    """Return one of `words`, the first of them where nothing, or something else, is written; the latter is a fault."""
    value = said.get(key)
    # `off` without quotation marks is a truth value in YAML, and meant all the same
    written = "off" if value is False and "off" in words else value
    if isinstance(written, str) and written in words:
        return written
    if key in said:
        *others, last = (code(word) for word in words)
        must = f"{', '.join(others)} or {last}"
        faults.append(f"{quoted(f'{key}: {shown(value)}')} must be {must}, so {code(words[0])} holds")
    return words[0]


def shown(value: object) -> str:
    """Return a value of YAML about as it was written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def unknown_key(key: object) -> str:
    """Say that the file has a key that means nothing here."""
    near = nearest(str(key), KEYS)
    return f"{quoted(str(key))} is not known{f' (did you mean {code(near)}?)' if near else ''}"


def unreadable(error: Exception) -> str:
    """Say where the file stops being YAML."""
    mark = getattr(error, "problem_mark", None)
    where = f" at line {mark.line + 1}" if mark is not None else ""
    problem = getattr(error, "problem", None)
    why = f" ({quoted(problem)})" if isinstance(problem, str) else ""
    return f"it cannot be read as YAML{where}{why} and was not used"


def quoted(text: str) -> str:
    """Return what somebody wrote as a code span of bounded length."""
    return code(shorten(text, LONGEST_QUOTED))
