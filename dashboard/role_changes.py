"""Giving and taking roles: what a form asks, and the change with its line in the list of changes, all at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from aiohttp import web

from dashboard import looking_after
from dashboard.access import LookedAfter, not_there
from storage.columns import EPOCH
from storage.connection import Connection
from storage.decisions import note_decision
from storage.installations import Repository, is_removed, repository, repository_by_name
from storage.invitations import Invitation, Kind, invitations_of, invite, take_back
from storage.roles import give_role, give_view, holders, take_role, take_view
from storage.sessions import Person, person, persons_called

HOLDS = timedelta(days=30)
"""So long an invitation holds, and so long the name with which somebody signed in last counts as theirs."""
ROLES = ("admin", "member", "viewer")
A_ROLE = {"admin": "an admin", "member": "a member"}
LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
ADDRESS = re.compile(r"[^@\s<>\x00-\x1f\x7f]{1,200}@[^@\s<>\x00-\x1f\x7f]{1,200}")
NUMBER = re.compile(r"#([0-9]{1,18})")
NOBODY = "Say who: a login at GitHub, or an address of mail that your OpenID provider has verified."
SEVERAL = "Several people here go by that name. Have the one who is meant sign in again, and repeat it."
LAST = "You are the last admin here by such a role. Make somebody else an admin first."
NO_REPOSITORY = "A viewer sees one repository of this installation: say which, as owner/name."


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes something in which installation, and when."""

    here: LookedAfter
    by: Person
    at: datetime

    @property
    def installation_id(self) -> int:
        return self.here.installation.id

    @property
    def author(self) -> str:
        return looking_after.who(self.by)

    async def note(self, conn: Connection, what: str) -> None:
        """Write the change down."""
        await note_decision(conn, self.installation_id, self.at, self.author, what)


@dataclass(frozen=True, slots=True)
class Given:
    """What a form gives. who: as it was typed · repository: `owner/name`, of a viewer."""

    who: str
    role: str
    repository: str
    sees_traffic: bool


async def give(conn: Connection, change: Change, given: Given) -> dict[str, str]:
    """Give a role to who has signed in of late, or invite them; raises 422 for what is none, 409 where several fit.

    Returns who it went to, as the address of the page that says so has it: `given` is a number, `invited` a name.
    """
    if given.role not in ROLES:
        raise web.HTTPUnprocessableEntity(text="A role is admin, member or viewer.")
    seen = await viewed(conn, change, given) if given.role == "viewer" else None
    kind, name = called(given.who)
    found = await known(conn, change, given.who, name)
    if len(found) > 1:
        raise web.HTTPConflict(text=SEVERAL)
    if not found:
        found = await lowered(conn, change, given, name, seen)
    if not found and kind is None:
        raise web.HTTPUnprocessableEntity(text=NOBODY)
    if not found:
        await invited(conn, change, given, cast("Kind", kind), name, seen)
        return {"invited": name}
    if seen is not None:
        await give_view(conn, found[0].id, seen.id, by=change.author, at=change.at, sees_traffic=given.sees_traffic)
        traffic = " with its traffic" if given.sees_traffic else ""
        await change.note(conn, f"let {found[0].login} see {seen.full_name}{traffic}")
    else:
        if given.role == "member":
            await keep_an_admin(conn, change, found[0].id)
        role: Literal["admin", "member"] = "admin" if given.role == "admin" else "member"
        await give_role(conn, found[0].id, change.installation_id, role, by=change.author, at=change.at)
        await change.note(conn, f"made {found[0].login} {A_ROLE[role]}")
    return {"given": str(found[0].id)}


def called(who: str) -> tuple[Kind | None, str]:
    """Return what somebody is called by, and the name in lower case; None for what is no name."""
    if ADDRESS.fullmatch(who) and len(who) <= 254:
        return "email", who.lower()
    login = who.removeprefix("@")
    return ("login", login.lower()) if LOGIN.fullmatch(login) else (None, login.lower())


async def known(conn: Connection, change: Change, who: str, name: str) -> list[Person]:
    """Return who has signed in by that name of late; operators may say anybody's number, for who has no address."""
    number = NUMBER.fullmatch(who)
    if number is None:
        return await persons_called(conn, name, change.at - HOLDS)
    found = await person(conn, int(number[1])) if change.here.is_operator else None
    return [] if found is None else [found]


async def lowered(conn: Connection, change: Change, given: Given, name: str, seen: Repository | None) -> list[Person]:
    """Return whoever has more here than what is given, however long ago they signed in by that name.

    Nobody who may have taken the name since gets anything by it, and whoever is to have less has less at once.
    """
    about = None if seen is None else seen.id
    more = {
        one.person.id
        for one in await holders(conn, change.installation_id)
        if one.repository_id == about
        and (
            (one.role, given.role) == ("admin", "member")
            or (about is not None and one.sees_traffic > given.sees_traffic)
        )
    }
    return [one for one in await persons_called(conn, name, EPOCH) if one.id in more]


async def viewed(conn: Connection, change: Change, given: Given) -> Repository:
    """Return the repository that a viewer is to see; raises 422 for any that is not of the installation."""
    owner, _, name = given.repository.partition("/")
    found = await repository_by_name(conn, owner, name)
    if found is None or found.installation_id != change.installation_id or found.removed_at is not None:
        raise web.HTTPUnprocessableEntity(text=NO_REPOSITORY)
    return found


async def invited(  # noqa: PLR0917 - what an invitation says
    conn: Connection, change: Change, given: Given, kind: Kind, name: str, seen: Repository | None
) -> None:
    """Keep a role for somebody until they sign in."""
    ends = change.at + HOLDS
    await invite(
        conn,
        Invitation(
            change.installation_id,
            kind,
            name,
            given.role,
            None if seen is None else seen.id,
            given.sees_traffic,
            change.author,
            change.at,
            ends,
        ),
    )
    what = A_ROLE[given.role] if seen is None else f"a viewer of {seen.full_name}"
    await change.note(conn, f"invited {name} as {what}, until {ends:%Y-%m-%d}")


async def take(conn: Connection, change: Change, person_id: int, repository_id: int | None) -> None:
    """Take somebody's role, or a repository that they view; raises 404 where they have no such, 409 for the last admin.

    repository_id: None is the role in the whole installation.
    """
    held = [one for one in await holders(conn, change.installation_id) if one.person.id == person_id]
    mine = next((one for one in held if one.repository_id == repository_id), None)
    if mine is None:
        raise not_there()
    if repository_id is None:
        await keep_an_admin(conn, change, person_id)
        await take_role(conn, person_id, change.installation_id)
        await uninvited(conn, change, mine.person, None)
        await change.note(conn, f"took from {mine.person.login} the role of {mine.role}")
        return
    await take_view(conn, person_id, repository_id)
    await uninvited(conn, change, mine.person, repository_id)
    seen = await repository(conn, repository_id)
    await change.note(conn, f"took from {mine.person.login} the view of {seen.full_name if seen else repository_id}")


async def uninvited(conn: Connection, change: Change, gone: Person, repository_id: int | None) -> None:
    """Take back the invitations that would give somebody again what was just taken."""
    names = {gone.login.lower(), (gone.email or "").lower()}
    for one in await invitations_of(conn, change.installation_id, change.at):
        if one.name in names and one.repository_id == repository_id:
            await take_back(conn, change.installation_id, one.id)


async def keep_an_admin(conn: Connection, change: Change, person_id: int) -> None:
    """Raise 409 where somebody takes their own role and nobody would be admin by a role; owners and operators may."""
    await is_removed(conn, change.installation_id)  # holds the installation's row: two last admins go one by one
    if person_id != change.by.id or change.here.owns or change.here.is_operator:
        return
    admins = {one.person.id for one in await holders(conn, change.installation_id) if one.role == "admin"}
    if admins <= {person_id}:
        raise web.HTTPConflict(text=LAST)


async def uninvite(conn: Connection, change: Change, invitation_id: int) -> None:
    """Take an invitation back; raises 404 where there is none."""
    gone = await take_back(conn, change.installation_id, invitation_id)
    if gone is None:
        raise not_there()
    await change.note(conn, f"took back the invitation of {gone.name}")
