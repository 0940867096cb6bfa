"""Accounts and repositories, found by id and by name: what there is on a GitHub before anybody does anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from types import MappingProxyType

from sandbox.clock import Clock, iso
from sandbox.fans import Fans
from sandbox.things import BOT_SUFFIX, Account, AccountType, Repository, Team, Visibility

NONE: Mapping[int, Repository] = MappingProxyType({})


class Registry:
    """Logins and names are looked up ignoring case; a former name leads to its repository until another takes it."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.accounts: dict[str, Account] = {}
        self.repositories: dict[int, Repository] = {}
        self.teams: dict[tuple[str, str], Team] = {}
        self._names: dict[str, Repository] = {}
        self._owned: dict[int, dict[int, Repository]] = {}
        self._ids = {
            "account": count(4001),
            "repository": count(70_001),
            "installation": count(51_000_001),
            "thread": count(1_400_000_001),
            "comment": count(1_500_000_001),
            "reaction": count(250_000_001),
            "event": count(1_000_000_001),
            "review": count(1_900_000_001),
            "release": count(130_000_001),
            "team": count(9_000_001),
        }

    def next_id(self, kind: str) -> int:
        """Return a number never used before for this kind of thing."""
        return next(self._ids[kind])

    def now(self) -> str:
        """Return the clock's time as GitHub writes it."""
        return iso(self.clock.now())

    # accounts

    def account(self, login: str, type: AccountType = "User") -> Account:  # noqa: A002 - GitHub's word
        """Return the account of this login, created if new; `x[bot]` is the bot `x`."""
        if login.endswith(BOT_SUFFIX):
            login, type = login.removesuffix(BOT_SUFFIX), "Bot"  # noqa: A001
        key = login.lower() + (BOT_SUFFIX if type == "Bot" else "")
        found = self.accounts.get(key)
        if found is None:
            found = self.accounts[key] = Account(self.next_id("account"), login, type)
        return found

    def organization(self, login: str) -> Account:
        """Return the organisation of this login; an account made without knowing becomes one."""
        account = self.account(login)
        account.type = "Organization"
        return account

    def add_team(self, login: str, slug: str, members: Iterable[str], *, secret: bool = False) -> None:
        """Make an organisation's team, or choose its members anew."""
        key = self.organization(login).login.lower(), slug.lower()
        before = self.teams.get(key)
        self.teams[key] = Team(
            self.next_id("team") if before is None else before.id,
            slug.lower(),
            self.now() if before is None else before.created_at,
            [self.account(member) for member in members],
            "secret" if secret else "closed",
        )

    # repositories

    def add_repository(
        self,
        full_name: str,
        *,
        visibility: Visibility = "public",
        default_branch: str = "main",
        created_at: str | None = None,
        description: str | None = None,
        archived: bool = False,
        fork: bool = False,
        id: int | None = None,  # noqa: A002 - GitHub's word
    ) -> Repository:
        """Create `owner/name`; the owner becomes an organisation if it is new. ValueError if the name is taken.

        `id` is kept unless another repository has it.
        """
        owner, name = full_name.split("/", 1)
        if self.repository(full_name) is not None:
            raise ValueError(f"there is a repository {full_name} already")
        at = created_at or self.now()
        account = self.accounts.get(owner.lower()) or self.organization(owner)
        number = self.next_id("repository") if id is None or id in self.repositories else id
        repository = Repository(
            id=number, owner=account, name=name, visibility=visibility, default_branch=default_branch,
            created_at=at, updated_at=at, pushed_at=at, description=description, archived=archived, fork=fork,
            fans=Fans(self.clock),
        )  # fmt: skip
        self.repositories[repository.id] = repository
        self._names[full_name.lower()] = repository
        self._owned.setdefault(account.id, {})[repository.id] = repository
        return repository

    def repository(self, full_name: str) -> Repository | None:
        """Return the repository now called so; former names are `renamed`'s."""
        found = self._names.get(full_name.lower())
        return found if found is not None and found.full_name.lower() == full_name.lower() else None

    def renamed(self, full_name: str) -> Repository | None:
        """Return the repository once called so, if nothing else took the name since."""
        found = self._names.get(full_name.lower())
        return found if found is not None and found.full_name.lower() != full_name.lower() else None

    def rename_repository(self, repository: Repository, name: str) -> None:
        """Give a repository a new name; the old one leads to it from then on."""
        repository.former_names.append(repository.full_name)
        repository.name = name
        self._names[repository.full_name.lower()] = repository

    def transfer_repository(self, repository: Repository, owner: Account) -> None:
        """Give a repository to another account; the old address leads on."""
        if self.repository(f"{owner.login}/{repository.name}") is not None:
            raise ValueError(f"{owner.login} has a repository {repository.name} already")
        repository.former_names.append(repository.full_name)
        del self._owned[repository.owner.id][repository.id]
        repository.owner = owner
        self._names[repository.full_name.lower()] = repository
        self._owned.setdefault(owner.id, {})[repository.id] = repository

    def rename_account(self, account: Account, login: str) -> None:
        """Give an account a new login; the addresses of its repositories lead on. ValueError if the login is taken."""
        if login.lower() in self.accounts:
            raise ValueError(f"there is an account {login} already")
        del self.accounts[account.login.lower()]
        owned = self.owned_by(account).values()
        for repository in owned:
            repository.former_names.append(repository.full_name)
        account.login = login
        self.accounts[login.lower()] = account
        self._names.update((repository.full_name.lower(), repository) for repository in owned)

    def owned_by(self, account: Account) -> Mapping[int, Repository]:
        """Return an account's repositories by id, in the order they came to it."""
        return self._owned.get(account.id, NONE)

    def delete_repository(self, repository: Repository) -> None:
        """Forget a repository and all of its names."""
        del self.repositories[repository.id], self._owned[repository.owner.id][repository.id]
        self._names = {name: found for name, found in self._names.items() if found is not repository}

    def required(self, full_name: str) -> Repository:
        """Return the repository now called so; KeyError where there is none."""
        repository = self.repository(full_name)
        if repository is None:
            raise KeyError(f"there is no repository {full_name}")
        return repository
