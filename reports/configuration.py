"""`.github/analytics.yml` of the default branch, else of the owner's `.github` repository: what a repository has set.

It is read for every door, and nothing written in it is passed over: what cannot be used is a fault with its line and a
remedy. `reports.configured` reads it with a memory, so that what held before a mistake stays in force; what stands here
has none.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import structlog

from analytics.terms import DEFAULT_TERMS, Terms
from analytics.words import day, number
from github.client import GitHub
from github.errors import Refused
from reports.capture_rules import DEFAULTS, CaptureRules, capture_rules
from reports.configuration_checks import locale_of
from reports.configuration_file import OWNERS_REPOSITORY, PATH, File, Forgetful, Reader, standing
from reports.configuration_parsing import LARGEST, Parsed, parse
from reports.configuration_schema import MOST_FAULTS
from reports.escape import code
from reports.extending import NO_BASE, PROTECTING, Base, base_of
from reports.speaking import SILENT, Speaking, speaking_of
from reports.working_hours import hours_of, working_hours
from storage.installations import Repository

if TYPE_CHECKING:
    from reports.schedule import Schedule

__all__ = [
    "LARGEST", "OWNERS_REPOSITORY", "PATH", "Configuration", "parse_configuration", "read_configuration",
    "read_owners_configuration",
]  # fmt: skip

MOST_NAMED = 4  # faults in one line
TrafficFor = Literal["push", "everyone", "off"]
Images = Literal["auto", "hosted", "branch", "text"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Configuration:
    """What a repository's owners have set, as it is in force.

    everyone_may: anybody may ask, not only members · traffic: who sees it, people who may push, everyone who may ask,
    or nobody (`off`) · traffic_unsure: that is nobody because the file, or what it extends, may say so where it cannot
    be read · capture: how often which repositories are captured; only the owner's file says so · terms: what changes
    numbers and words · images: how pictures come into comments · on: after which events the App speaks although nobody
    has asked · reports: which are written again and again, each with the thread it goes to; only a repository's own
    file says so, None where it does not.
    faults: harmless Markdown, one clause each, with nothing from a file that is another repository's · source:
    `owner/name` of the repository that holds the file, None without one · owners: whether it is another repository's,
    so that nothing of it is repeated · extends: `owner/name` of the file it extends, None where that is not said ·
    held_since: when what is in force was read first, where the file has faults and an earlier version holds.
    unsaid: whether nobody has been told of these faults yet, as far as is remembered · mark: stands for them.
    """

    everyone_may: bool = False
    traffic: TrafficFor = "push"
    traffic_unsure: bool = False
    capture: CaptureRules = DEFAULTS
    terms: Terms = DEFAULT_TERMS
    images: Images = "auto"
    on: Speaking = SILENT
    reports: tuple[tuple[Schedule, int | None], ...] | None = None
    faults: tuple[str, ...] = ()
    source: str | None = None
    owners: bool = False
    extends: str | None = None
    held_since: datetime | None = None
    unsaid: bool = field(default=False, compare=False)
    mark: str | None = field(default=None, compare=False)

    @property
    def fault_line(self) -> str | None:
        """What is wrong in the file and what holds meanwhile, in one line of Markdown; None if nothing is."""
        named = list(self.faults[:MOST_NAMED])
        if len(self.faults) > MOST_NAMED:
            named.append(f"{others(self.faults, MOST_NAMED)} more")
        return f"{self.file}: {'; '.join(named)}. {self.meanwhile}" if named else None

    @property
    def file(self) -> str:
        """The file in Markdown."""
        return f"{code(PATH)} of {'its owner' if self.owners else code(self.source or '')}"

    @property
    def meanwhile(self) -> str:
        """One sentence on what holds until the faults are corrected."""
        if self.held_since is not None:
            return f"Until that is corrected, the version of {day(self.held_since)} holds."
        hidden = [
            *(["nobody is named"] if self.terms.people == "hidden" else []),
            *(["no traffic is shown"] if self.traffic == "off" else []),
        ]
        return f"Until that is corrected, {' and '.join(['the defaults hold in their place', *hidden])}."


def others(faults: Sequence[str], named: int) -> str:
    """Return how many faults there are beside those that are named; not all are counted where there are many."""
    return "many" if len(faults) > MOST_FAULTS else number(len(faults) - named)


async def read_configuration(github: GitHub, repository: Repository) -> Configuration:
    """Read the configuration; without one, or without permission to read it, the defaults hold. Raises Later.

    github speaks for the whole installation, since the file may lie in another repository.
    """
    return await assembled(github, Forgetful(github), repository)


async def read_owners_configuration(github: GitHub, owner: str) -> Configuration:
    """Read the configuration of everything that `owner` has, from its `.github` repository. Raises Later."""
    return await owners_assembled(github, Forgetful(github), owner)


async def assembled(github: GitHub, reader: Reader, repository: Repository) -> Configuration:
    """Put a repository's configuration together from its file, or its owner's, and from what that extends."""
    try:
        for name in dict.fromkeys((repository.name, OWNERS_REPOSITORY)):
            file = await reader.read(repository.owner, name)
            if file.text is not None:
                return await in_force(github, reader, file, quote=name == repository.name)
            await without_faults(reader, file)
    except Refused as refusal:
        log.info("the configuration cannot be read", repository=repository.id, status=refusal.status)
    return Configuration()


async def owners_assembled(github: GitHub, reader: Reader, owner: str) -> Configuration:
    """Put the configuration together that holds for all repositories of an owner."""
    try:
        file = await reader.read(owner, OWNERS_REPOSITORY)
    except Refused as refusal:
        log.info("the owner's configuration cannot be read", owner=owner, status=refusal.status)
        return Configuration()
    if file.text is not None:
        return await in_force(github, reader, file, quote=True)
    await without_faults(reader, file)
    return Configuration()


async def without_faults(reader: Reader, file: File) -> None:
    """Have a mistake said again when it comes back to a file that has none now."""
    if file.said:
        await reader.forget_said(file)


async def in_force(github: GitHub, reader: Reader, file: File, *, quote: bool) -> Configuration:
    """Return what holds by a file. quote: whether what was written in it may be repeated."""
    found = await standing(file)
    base = await base_of(github, reader, file.owner, file.name, found)
    faults = (*found.now.faults, *base.faults)
    told = mark_of(file, base) if faults else None
    if not faults:
        await without_faults(reader, file)
    return configured(
        found.held,
        base,
        reports=reports_of(found.held) if quote else None,
        faults=tuple(fault.clause(quote=quote) for fault in faults),
        source=file.full_name,
        owners=not quote,
        extends=base.source if quote else None,
        held_since=found.since,
        unsaid=told is not None and told != file.said,
        mark=told,
    )


def mark_of(file: File, base: Base) -> str:
    """Return what stands for a file's faults, the same whether they are said with what was written or without."""
    parts = (file.text or "", *(fault.clause(quote=False) for fault in base.faults))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def parse_configuration(text: str, *, owners: bool = False) -> Configuration:
    """Read the text of a file that extends nothing; what cannot be read widens nothing and is named.

    owners: it is the file of the owner's `.github` repository.
    """
    found = parse(text, owners=owners)
    faults = tuple(fault.clause(quote=True) for fault in found.faults)
    return configured(found, NO_BASE, reports=reports_of(found), faults=faults)


def reports_of(own: Parsed) -> tuple[tuple[Schedule, int | None], ...] | None:
    """Return the reports that a file wants itself, None where it says nothing of them."""
    if "reports" not in own.settings:
        return None
    # few files say so: what it takes is imported for them
    module = importlib.import_module("reports.schedule_configuration")
    hours: Any = own.settings.get("hours", {})
    found: tuple[tuple[Schedule, int | None], ...] = module.schedules(
        own.settings["reports"], hours.get("timezone", "UTC")
    )
    return found


def configured(own: Parsed, base: Base, **facts: Any) -> Configuration:
    """Return a file's settings as values; a key that it sets wrongly has its default, whatever is set elsewhere.

    Where it may be set that traffic or persons are not shown, in a file or a value that cannot be read, they are not.
    """
    inherited = {key: value for key, value in base.settings.items() if key not in own.wrong}
    settings: Mapping[str, Any] = {**inherited, **own.settings}
    unsure = (own.wrong if own.readable else PROTECTING) | base.unsure
    unseen = "traffic" in unsure and "traffic" not in own.settings
    rules, _ = capture_rules(own.settings.get("capture"))
    return Configuration(
        everyone_may=settings.get("who_may") == "everyone",
        traffic="off" if unseen else settings.get("traffic", "push"),
        traffic_unsure=unseen,
        capture=rules,
        terms=terms_of(settings, unsure="people" in unsure and "people" not in own.settings),
        images=settings.get("images", "auto"),
        on=speaking_of(settings.get("on", {})),
        **facts,
    )


def terms_of(settings: Mapping[str, Any], *, unsure: bool) -> Terms:
    """Return what changes numbers and words. unsure: it may be set, where it cannot be read, that nobody is named."""
    return Terms(
        people="hidden" if unsure else settings.get("people", "names"),
        bots=tuple(dict.fromkeys(login.removesuffix("[bot]").lower() for login in settings.get("bots", ()))),
        merge_markers=tuple(settings.get("merge_markers", ())),
        hours=working_hours(settings["hours"]) if "hours" in settings else None,
        targets={name: hours_of(length) for name, length in settings.get("targets", {}).items()},
        language=locale_of(settings.get("language", "en")) or "en",
    )
