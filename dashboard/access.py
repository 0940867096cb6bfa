"""The only way from a person to a repository's rows.

What GitHub lets the person see, what they were given a role for here, and nothing else. What is not theirs and what is
not there are the same to them: one answer, one text.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace

from aiohttp import web

from analytics.terms import Terms
from dashboard.listings import Listing, Listings, UnknownError
from dashboard.readable import is_name
from reports.configuration import TrafficFor
from reports.known_settings import known_settings
from reports.known_traffic import Files, files_of, known_traffic
from storage.connection import Connection
from storage.engine import Store
from storage.installations import Installation, Repository, installation
from storage.roles import Role, Roles, roles_of
from storage.sessions import Person
from storage.shown import open_installations, open_repositories, open_repository, open_repository_by_name

NOT_THERE = "There is no such page, or it is not yours to see."
NO_WORD = (
    "GitHub does not answer at the moment, so what you may see is not known. Nothing is lost; please try again in a "
    "few minutes."
)


@dataclass(frozen=True, slots=True)
class Visible:
    """A repository that a person may see. sees_traffic: its traffic, too · manages: they look after it.

    terms: on which its rows are shown, where it was asked for alone · is_member: they see its installation as a whole.
    """

    repository: Repository
    sees_traffic: bool
    manages: bool
    terms: Terms | None = None
    is_member: bool = False


@dataclass(frozen=True, slots=True)
class VisibleInstallation:
    """An installation in which a person may see something. role: admin, member, or None for single repositories."""

    installation: Installation
    role: Role | None


@dataclass(frozen=True, slots=True)
class LookedAfter:
    """An installation that a person sees as a whole.

    manages: they are one of its admins · owns: GitHub calls them an owner of its account; no role here makes them one
    · is_operator: of the whole server, and so an admin here.
    """

    installation: Installation
    manages: bool
    owns: bool
    is_operator: bool


@dataclass(frozen=True, slots=True)
class Reach:
    """What one person may see at this moment. listing: GitHub's word, None for whoever did not sign in with it."""

    person: Person
    is_operator: bool
    roles: Roles
    listing: Listing | None

    def of(self, repository: Repository, traffic: TrafficFor) -> Visible | None:
        """Return a repository with what the person may do there, None if they may not see it.

        traffic: who sees it, by the word of the repository's owners, which admins and operators are bound to as well.
        """
        if repository.removed_at is not None:
            return None
        role = self.role_in(repository.installation_id)
        listing, number = self.listing, repository.id
        read = listing is not None and number in listing.readable
        viewed = number in self.roles.repositories
        if role is None and not read and not viewed:
            return None
        pushes = listing is not None and number in listing.pushable
        administers = listing is not None and number in listing.administered
        granted = role is not None or pushes or self.roles.repositories.get(number, False)
        sees_traffic = traffic == "everyone" or (traffic == "push" and granted)
        return Visible(repository, sees_traffic, role == "admin" or administers, is_member=role is not None)

    def role_in(self, installation_id: int) -> Role | None:
        """Return the person's role in a whole installation: operators and owners are its admins."""
        if self.is_operator or (self.listing is not None and installation_id in self.listing.owned):
            return "admin"
        return self.roles.installations.get(installation_id)

    def within(self) -> frozenset[int] | None:
        """Return the installations that may hold something visible, beside single repositories; None is all of them."""
        if self.is_operator:
            return None
        listed = self.listing.installations if self.listing is not None else frozenset()
        return listed | frozenset(self.roles.installations)


class Access:
    """Decides who sees what. Everything that serves a repository's rows to a person asks here, each time."""

    def __init__(self, store: Store, listings: Listings | None, operators: Collection[str]) -> None:
        self.store = store
        self.listings = listings
        self.operators = frozenset(operators)

    async def reach(self, person: Person) -> Reach:
        """Return what a person may see; raises 503 where GitHub has not said so for too long, SignInAgainError.

        Roles are read each time, so that a role that was taken is gone at once, and whether there still is a token: for
        whoever took back at GitHub what they allowed, what GitHub said before counts no more.
        """
        roles = await self.store.glance(lambda conn: roles_of(conn, person.id))
        operator = roles.is_operator or is_named(person, self.operators)
        listing = None
        if person.is_of_github and self.listings is not None:
            if not roles.has_token:
                self.listings.forget(person.id)
            try:
                listing = await self.listings.of(person)
            except UnknownError:
                if not operator:
                    raise web.HTTPServiceUnavailable(text=NO_WORD, headers={"Retry-After": "60"}) from None
        return Reach(person, operator, roles, listing)

    def is_operator(self, person: Person) -> bool:
        """Tell whether a person is an operator, by the settings or as it was when they were looked up."""
        return person.is_operator or is_named(person, self.operators)

    async def repository_for(self, person: Person, owner: str, name: str) -> Visible:
        """Return a repository by name with what this person may see of it; raises 404 for everything else."""
        if not (is_name(owner) and is_name(name)):
            await self.reach(person)
            raise not_there()
        return await self.found(person, lambda conn: open_repository_by_name(conn, owner, name))

    async def repository_by_id_for(self, person: Person, repository_id: int) -> Visible:
        """Return a repository by number, as `repository_for` does."""
        return await self.found(person, lambda conn: open_repository(conn, repository_id))

    async def found(self, person: Person, find: Callable[[Connection], Awaitable[Repository | None]]) -> Visible:
        reach = await self.reach(person)
        wanted = await self.store.glance(find)
        # whether it is theirs is decided first: what is set there takes no time of whoever may not see it
        if wanted is None or reach.of(wanted, "push") is None:
            raise not_there()
        settings = await known_settings(self.store, wanted)
        visible = reach.of(wanted, settings.traffic)
        if visible is None:
            raise not_there()
        return replace(visible, terms=settings.terms)

    async def repositories_for(self, person: Person) -> list[Visible]:
        """Return every repository that a person may see, by name."""
        reach = await self.reach(person)

        within, single = reach.within(), frozenset(reach.roles.repositories)

        async def look(conn: Connection) -> tuple[list[Repository], Files]:
            found = await open_repositories(conn, within, single)
            return found, await files_of(conn, found)

        found, files = await self.store.look(look)
        traffic = await known_traffic(found, files)
        seen = [reach.of(one, traffic[one.id]) for one in found]
        return sorted((one for one in seen if one is not None), key=lambda one: one.repository.full_name.lower())

    async def installations_for(self, person: Person) -> list[VisibleInstallation]:
        """Return the installations in which a person may see something, by the account's login."""
        reach = await self.reach(person)
        within, single = reach.within(), frozenset(reach.roles.repositories)
        found = await self.store.glance(lambda conn: open_installations(conn, within, single))
        return [VisibleInstallation(one, reach.role_in(one.id)) for one in found]

    async def installation_for(self, person: Person, installation_id: int, *, admin: bool = False) -> Installation:
        """Return an installation in which a person has a role, an admin's if that is asked; raises 404 else."""
        found = await self.looked_after(person, installation_id)
        if admin and not found.manages:
            raise not_there()
        return found.installation

    async def looked_after(self, person: Person, installation_id: int) -> LookedAfter:
        """Return an installation in which a person has a role, and what they may do there; raises 404 else."""
        reach = await self.reach(person)
        role = reach.role_in(installation_id)
        found = await self.store.glance(lambda conn: installation(conn, installation_id)) if role else None
        if found is None or not is_open(found):
            raise not_there()
        owns = reach.listing is not None and installation_id in reach.listing.owned
        return LookedAfter(found, role == "admin", owns, reach.is_operator)

    async def owned(self, person: Person, installation_id: int) -> bool:
        """Tell whether a person is an owner of an installation's account, as GitHub says just now; raises 503.

        No role here stands for it: what only an owner may do, no admin and no operator of this server may.
        """
        if not person.is_of_github or self.listings is None:
            return False
        try:
            return installation_id in (await self.listings.anew(person)).owned
        except UnknownError:
            raise web.HTTPServiceUnavailable(text=NO_WORD, headers={"Retry-After": "60"}) from None

    async def operator(self, person: Person) -> None:
        """Raise 404 unless a person is an operator."""
        roles = await self.store.read(lambda conn: roles_of(conn, person.id))
        if not (roles.is_operator or is_named(person, self.operators)):
            raise not_there()


def not_there() -> web.HTTPNotFound:
    """Return the one answer for what is not there and for what is not this person's."""
    return web.HTTPNotFound(text=NOT_THERE)


def is_open(found: Installation | None) -> bool:
    """Tell whether anything of an installation is shown: none that has ended or is suspended."""
    return found is not None and found.removed_at is None and found.suspended_at is None


def is_named(person: Person, operators: Collection[str]) -> bool:
    """Tell whether the settings name a person as an operator.

    At GitHub by login, or by account number: digits alone are never a login, which anybody may take; elsewhere by an
    address that the provider has verified, or as `sub:…`, since what people choose there as their name proves nothing.
    """
    lowered = {one.lower() for one in operators}
    if person.is_of_github:
        return person.subject in operators or (not person.login.isdigit() and person.login.lower() in lowered)
    by_address = person.email is not None and "@" in person.email and person.email in lowered
    return by_address or f"sub:{person.subject}" in operators
