"""Which stored repository each history of a file belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.importing.imported import Imported
from storage.connection import Connection
from storage.installations import Repository, repository, repository_by_name

NOWHERE = 0  # the installation of a repository that no installation has shown yet
SHOWN = 10


class Untargeted(Exception):  # noqa: N818 - it is the person's to say more, not an error of ours
    """It is not clear which repository is meant; the message is a sentence for the person."""


@dataclass(frozen=True, slots=True)
class Target:
    """A history and the repository it goes to; `new` is one that has to be stored first."""

    repository: Repository
    imported: Imported
    new: bool = False


async def named_target(
    conn: Connection, found: Sequence[Imported], owner: str, name: str, repository_id: int | None
) -> Target:
    """Return the history of one repository that a person named; raises Untargeted if it is not stored or not there.

    With `repository_id`, GitHub's number, a repository that is not stored yet is made, as private as can be until the
    App sees it.
    """
    asked = f"{owner}/{name}"
    if repository_id is None:
        stored = await repository_by_name(conn, owner, name)
        if stored is None:
            said = next((one.repository_id for one in found if one.repository_id and matches(one, asked)), None)
            number = f"--repository-id {said}, as the file says" if said else "--repository-id N, GitHub's number of it"
            raise Untargeted(f"{asked} is not stored here; is that its name today? To store it now, add {number}")
    else:
        stored = await repository(conn, repository_id)
    new = stored is None
    goal = stored or Repository(repository_id or 0, NOWHERE, owner, name, "private", "main")
    return Target(goal, choose(found, asked, goal.id), new)


def choose(found: Sequence[Imported], asked: str, repository_id: int) -> Imported:
    """Return the history that has this number, this name, or as the only one none; raises Untargeted if none has."""
    for one in found:
        if one.repository_id == repository_id:
            return one
    fitting = [one for one in found if one.repository_id is None and matches(one, asked)]
    if not fitting:
        fitting = [one for one in found if matches(one, asked)]
    if not fitting and len(found) == 1 and found[0].repository is None:
        fitting = list(found)
    if len(fitting) == 1:
        return fitting[0]
    names = [one.repository or "one without a name" for one in found]
    listed = ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN} more" if len(names) > SHOWN else "")
    raise Untargeted(f"there is no {asked} in it; there is {listed}")


def matches(one: Imported, asked: str) -> bool:
    """Tell whether a history has this name, in any case; a name without its owner fits every owner."""
    said = (one.repository or "").lower()
    return said == asked.lower() or ("/" not in said and said == asked.lower().partition("/")[2])


async def stored_targets(conn: Connection, found: Sequence[Imported]) -> tuple[list[Target], list[str]]:
    """Return the histories whose repository is stored, by number or name, and the names of those left out.

    Raises Untargeted if one does not say which repository it is about.
    """
    targets, left_out = [], []
    for one in found:
        if one.repository is None or "/" not in one.repository:
            raise Untargeted(f"{one.repository or 'the file'} does not say whose it is; add --repository OWNER/REPO")
        owner, _, name = one.repository.partition("/")
        stored = None if one.repository_id is None else await repository(conn, one.repository_id)
        stored = stored or await repository_by_name(conn, owner, name)
        if stored is None:
            left_out.append(one.repository)
        else:
            targets.append(Target(stored, one))
    return targets, left_out
