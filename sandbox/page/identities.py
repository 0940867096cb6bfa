"""As whom one can write: nobody signs in, one picks a person and how that person stands to the repository."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sandbox.things import Account, Repository, Thread

OUTSIDER = "quartz-visitor"
MAY_WRITE = ("admin", "maintain", "write")


@dataclass(frozen=True, slots=True)
class Identity:
    """A login to write as, and what it is called in the list: member, contributor, author, outsider."""

    login: str
    role: str


def identities(repository: Repository, thread: Thread) -> list[Identity]:
    """Return the people to choose from, a member first; whoever cannot be found in this repository is left out."""
    chosen: dict[str, str] = {}
    writers = {login for login, permission in repository.permissions.items() if permission in MAY_WRITE}
    standing = Counter(
        (account.login, other.association)
        for other in repository.threads.values()
        if (account := _person(other.author)) is not None
    )
    busiest = [login for (login, _), _ in standing.most_common()]
    member = next((login for login in busiest if login.lower() in writers), min(writers, default=None))
    if member is not None:
        chosen[member] = "member"
    contributors = (login for (login, association), _ in standing.most_common() if association == "CONTRIBUTOR")
    contributor = next((login for login in contributors if login.lower() not in writers), None)
    if contributor is not None:
        chosen.setdefault(contributor, "contributor")
    author = _person(thread.author)
    if author is not None:
        chosen.setdefault(author.login, "author of this thread")
    chosen.setdefault(OUTSIDER, "outsider")
    return [Identity(login, role) for login, role in chosen.items()]


def _person(account: Account | None) -> Account | None:
    return account if account is not None and account.type == "User" else None
