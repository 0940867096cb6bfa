"""`extends:` of `.github/analytics.yml`: the file of another repository of the same owner, one level deep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.repository import repository
from reports.configuration_fault import Fault, quoted
from reports.configuration_file import File, Reader, Standing, standing
from reports.escape import code

NOT_TAKEN = ("extends", "capture")
PROTECTING = frozenset({"people", "traffic"})
"""Keys that may be set to show less than the defaults do: where it is not known whether they are, least is shown."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Base:
    """What a file extends.

    settings: what holds unless the file sets it · faults: without a word of the other file · source: its `owner/name`
    as the file that extends it names it, None where none is used · unsure: PROTECTING keys of which it is not known
    what it says.
    """

    settings: Mapping[str, object] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    source: str | None = None
    unsure: frozenset[str] = frozenset()


NO_BASE = Base()


async def base_of(github: GitHub, reader: Reader, owner: str, name: str, own: Standing) -> Base:
    """Return what the file of `owner/name` extends; where GitHub does not show that, what was read of it before."""
    extends = own.held.settings.get("extends")
    if not isinstance(extends, str):
        return NO_BASE
    wrong = misnamed(extends, owner, name)
    file = None if wrong else await other_file(github, reader, owner, extends.rpartition("/")[2])
    if file is None or file.full_name.lower() == f"{owner}/{name}".lower():
        unread = f"must be another repository of {code(owner)} whose `.github/analytics.yml` the App can read"
        return Base(faults=(fault(own, extends, f" {wrong or unread}"),), unsure=PROTECTING)
    return await base_from(file, own, extends, owner)


async def base_from(file: File, own: Standing, extends: str, owner: str) -> Base:
    """Return what a file that is extended says, and what is wrong with it."""
    found = await standing(file)
    settings = {key: value for key, value in found.held.settings.items() if key not in NOT_TAKEN}
    faults = []
    if found.now.faults:
        faults.append(fault(own, extends, ": the file there has mistakes, too"))
    if "extends" in found.held.settings:
        faults.append(fault(own, extends, ": what the file there extends itself does not count"))
    unsure = PROTECTING & found.held.wrong if found.held.readable else PROTECTING
    return Base(settings, tuple(faults), named(file, extends, owner), unsure)


def fault(own: Standing, extends: str, clause: str) -> Fault:
    """Return a fault of `extends:`; without a line where it stands in a version that is not there any more."""
    line = own.held.lines.get("extends") if own.since is None else None
    where = "" if own.since is None else "in the version that holds, "
    return Fault(line, f"{where}{quoted(f'extends: {extends}')}{clause}", f"{where}`extends`{clause}", "extends")


def named(file: File, extends: str, owner: str) -> str:
    """Return the name of the repository that is extended; of one that was renamed the name that is written.

    Its new name may be nobody's to know: the repository may be private, and what is said here public.
    """
    written = f"{owner}/{extends.rpartition('/')[2]}"
    return file.full_name if file.full_name.lower() == written.lower() else written


def misnamed(extends: str, owner: str, name: str) -> str | None:
    """Return what is wrong with the name of a repository, before anybody is asked about it."""
    whose, _, other = extends.rpartition("/")
    if whose and whose.lower() != owner.lower():
        return f"must be a repository of {code(owner)}, not of another owner"
    if other.lower() == name.lower():
        return "must be another repository, not this one"
    return f"must be a repository of {code(owner)}" if other in (".", "..") else None


async def other_file(github: GitHub, reader: Reader, owner: str, name: str) -> File | None:
    """Read the file of another repository of an owner, as it was before where GitHub does not show it; None without.

    GitHub is asked whose it is: the name of a repository that was given away leads to its new owner's. Raises Later
    while GitHub is down and nothing was read before.
    """
    try:
        facts = await repository(github, owner, name)
        if facts.owner.lower() != owner.lower():
            return None
        file = await reader.read(facts.owner, facts.name)
    except (Gone, Refused, Later) as error:
        log.info("a configuration that is extended cannot be read", owner=owner, name=name, reason=error.reason)
        file = await reader.remembered(owner, name)
        if file.text is None and isinstance(error, Later):
            raise
    return file if file.text is not None else None
