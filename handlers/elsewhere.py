"""What a question names besides the thread's repository: other repositories, and teams; looked up for who asks.

What is not there, what whoever asks may not see, and what the thread's readers may not see is one and the same to them,
in words and as far as possible in time: what is stored decides before anybody is asked about it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar, cast

import structlog

from analytics.words import plural
from github.client import GitHub
from github.errors import Gone, Refused
from github.reads.permission import permission
from github.reads.repository import repository as repository_facts
from github.reads.teams import PERMISSION, is_secret, team_members
from handlers.access import Access
from reports.answering import ref
from reports.mistake import Mistake
from reports.options import usage_of
from reports.question import Question
from reports.sentences import for_members, no_such_repository, no_such_team, same_repository, teams_refused
from reports.services import Services
from reports.together import READABLE, narrowest
from storage import installations
from storage.connection import Connection
from storage.installations import Installation, Repository, Visibility

NOBODY = "-"
"""No login: what a team without members has written."""

First = TypeVar("First")
Second = TypeVar("Second")

log = structlog.get_logger(__name__)


async def another(access: Access, thread: Repository, key: str, name: str) -> Repository:
    """Return the repository that is called so, as GitHub shows it now; raises Mistake where it may not be named here.

    access: that of whoever asks, in the thread's repository · thread: that one as it decides who reads · key: the word
    that names the other, `in` or `vs`.
    """
    services, login = access.services, access.login
    owner, _, short = name.partition("/")
    found = await services.store.read(lambda conn: at_work(conn, owner, short))
    if found is not None and found.id == thread.id:
        return access.repository
    if found is not None and may_be_read(thread, found):
        seen = await as_shown(services, found)
        if seen is not None and may_be_read(thread, seen) and await reads(services, seen, login):
            if not await access.may_ask_about(seen):
                raise Mistake(for_members(seen.full_name), usage_of(key), word=name)
            return seen
    raise Mistake(no_such_repository(name, thread.visibility), usage_of(key), word=name)


async def at_work(conn: Connection, owner: str, name: str) -> Repository | None:
    """Return the repository of that name if the App is at work there."""
    found = await installations.repository_by_name(conn, owner, name)
    if found is None or found.removed_at is not None:
        return None
    over = await installations.installation(conn, found.installation_id)
    return None if over is None or over.removed_at is not None or over.suspended_at is not None else found


def may_be_read(thread: Repository, other: Repository) -> bool:
    """Tell whether everybody who reads a thread may see another repository.

    It is another one of the organisation. Internal ones are seen by whoever belongs to the same enterprise, which only
    the same owner makes certain; and a public one of somebody else's is none of this thread's business: reading it
    takes from what its own owner may ask of GitHub.
    """
    return other.installation_id == thread.installation_id and other.visibility in READABLE[thread.visibility]


async def as_shown(services: Services, known: Repository) -> Repository | None:
    """Return a repository as GitHub shows it to its own installation now; None where it does not."""
    try:
        facts = await repository_facts(services.github(known.installation_id, known.id), known.owner, known.name)
    except (Gone, Refused) as error:
        log.info("a repository that is asked about is not shown", repository=known.id, reason=error.reason)
        return None
    if facts.id != known.id:
        return None
    seen = replace(
        known,
        owner=facts.owner,
        name=facts.name,
        visibility=cast("Visibility", facts.visibility),
        default_branch=facts.default_branch or known.default_branch,
        archived=facts.archived,
    )
    if narrowest(seen.visibility, known.visibility) != known.visibility:
        # it was hidden, and no webhook has told so yet
        await services.store.write(lambda conn: installations.save_repository(conn, seen))
    return seen


async def reads(services: Services, other: Repository, login: str) -> bool:
    """Tell whether a person may read a repository."""
    if other.visibility == "public":
        return True
    try:
        found = await permission(services.github(other.installation_id, other.id), ref(other), login)
    except Refused as refusal:
        log.info("a person's permission cannot be read", repository=other.id, status=refusal.status)
        return False
    return found.level != "none"


async def compared(
    access: Access, thread: Repository, home: Repository, question: Question
) -> tuple[Question, Repository | None]:
    """Return the question with the repository that it compares with looked up, and that one; raises Mistake."""
    if question.against.kind != "repository":
        return question, None
    name = question.against.repository
    other = await another(access, thread, "vs", name)
    if other.id == home.id:
        raise Mistake(same_repository(name), usage_of("vs"), nearest="vs=previous", word=name)
    return replace(
        question, against=replace(question.against, repository_id=other.id, repository=other.full_name)
    ), other


async def with_teams(
    services: Services, thread: Repository, home: Repository, question: Question, login: str, *, belongs: bool
) -> Question:
    """Return the question with the members of its teams as authors; who they are is not said.

    How many they are is said where the thread is not public: GitHub shows an organisation's teams to its members only.
    login: who asks · belongs: whether that is a member of the owner of `home`, as only these see its teams, and of the
    secret ones only their own, and these in private threads. Raises Mistake.
    """
    teams = question.filters.teams
    members: set[str] = set()
    notes = list(question.notes)
    for team in teams:
        owner, _, slug = team.removeprefix("@").partition("/")
        if not belongs or owner != home.owner.lower():
            raise Mistake(no_such_team(team, home.owner), usage_of("team"), word=team)
        found = await team_of(services, thread, home, team, slug, login)
        members |= {member.lower() for member in found}
        if thread.visibility != "public":
            notes.append(f"{team.removeprefix('@')} has {plural(len(found), 'member')}")
    if not teams:
        return question
    authors = tuple(sorted(members)) or (NOBODY,)
    return replace(question, filters=replace(question.filters, authors=authors), notes=tuple(notes))


async def team_of(  # noqa: PLR0917 - the world, where it is asked, what about, and who asks
    services: Services, thread: Repository, home: Repository, team: str, slug: str, login: str
) -> tuple[str, ...]:
    """Return the logins of a team's members; raises Mistake where there is none for `login`, or none may be read.

    A secret team is there for its own members, and where whoever reads the thread was let in by name.
    """
    owner = await services.store.read(lambda conn: installations.installation(conn, home.installation_id))
    github: GitHub = services.github(home.installation_id)
    permissions = None if owner is None else owner.permissions
    if owner is not None and permissions and "members" not in permissions:
        raise not_granted(github, owner, team)
    try:
        # both are asked of every team, so that a secret one takes as long as one that is not there
        members, secret = await both(team_members(github, home.owner, slug), is_secret(github, home.owner, slug))
    except Gone:
        raise Mistake(no_such_team(team, home.owner), usage_of("team"), word=team) from None
    except Refused as refusal:
        log.info("a team cannot be read", installation=home.installation_id, status=refusal.status)
        unknown = Installation(home.installation_id, home.owner, 0, "Organization")
        raise not_granted(github, owner or unknown, team) from None
    its_own = login.lower() in {member.lower() for member in members}
    if secret and not (its_own and thread.visibility == "private"):
        raise Mistake(no_such_team(team, home.owner), usage_of("team"), word=team)
    return members


async def both(first: Awaitable[First], second: Awaitable[Second]) -> tuple[First, Second]:
    """Return what two requests at once bring; one that fails waits for the other before it raises."""
    found = await asyncio.gather(first, second, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return cast("tuple[First, Second]", tuple(found))


def not_granted(github: GitHub, owner: Installation, team: str) -> Mistake:
    """Say that the App may not read members, and where its owner approves that."""
    return Mistake(teams_refused(github.endpoints.web, owner, PERMISSION), usage_of("team"), word=team)
