"""What GitHub lets people see, as it said so a moment ago: kept in memory only, asked again every few minutes.

Whoever loses access at GitHub loses it here within `USABLE`. While GitHub is down the last word holds for `OUTAGE`, and
then nothing is shown: never more than was known.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from dashboard.user_token import SignInAgainError, UserTokens
from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.user import Reachable, installations_of_user, owns, repositories_of_user
from storage.sessions import Person

FRESH = timedelta(minutes=2)  # until then GitHub is not asked; from then on it is, while the page goes by what is known
USABLE = timedelta(minutes=10)  # from then on a page waits for GitHub's word
OUTAGE = timedelta(hours=1)  # for how long the last word holds where GitHub has none
WAIT = 5.0  # seconds that a page waits
PAUSE = timedelta(seconds=20)  # after a failure, until GitHub is asked again
AT_ONCE = 4  # installations that are asked about at the same time, for one person
MOST_PEOPLE = 256
MOST_REPOSITORIES = 50_000
"""Of all people together: about 5 MB."""

log = structlog.get_logger(__name__)


class UnknownError(Exception):
    """GitHub does not say what a person may see, and has not for too long."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What GitHub lets a person see of the App, by numbers.

    installations: where they reach something, none that is suspended · owned: those of accounts that are theirs ·
    readable, pushable, administered: repositories, each a part of the one before.
    """

    at: datetime
    installations: frozenset[int]
    owned: frozenset[int]
    readable: frozenset[int]
    pushable: frozenset[int]
    administered: frozenset[int]


class Listings:
    """Asks GitHub what people may see, and remembers it for minutes."""

    def __init__(self, tokens: UserTokens, client: Callable[[str], GitHub], now: Callable[[], datetime]) -> None:
        self.tokens = tokens
        self.client = client
        self.now = now
        self.kept: OrderedDict[int, Listing] = OrderedDict()
        self.failed: dict[int, datetime] = {}
        self.asking: dict[int, asyncio.Task[Listing]] = {}

    async def of(self, person: Person) -> Listing:
        """Return what a person who signed in with GitHub may see; raises SignInAgainError, UnknownError."""
        known = self.kept.get(person.id)
        age = OUTAGE if known is None else self.now() - known.at
        if known is not None and timedelta(0) <= age < FRESH:
            self.kept.move_to_end(person.id)
            return known
        task = self.ask(person)
        if known is not None and timedelta(0) <= age < USABLE:
            return known
        if task is not None:
            try:
                return await asyncio.wait_for(asyncio.shield(task), WAIT)
            except (TimeoutError, Later, Refused, Gone) as error:
                log.info("GitHub does not say what a person may see", person=person.id, error=type(error).__name__)
        if known is not None and age < OUTAGE:
            return known
        raise UnknownError

    async def anew(self, person: Person) -> Listing:
        """Return what GitHub says just now, for what no older word is good enough; raises as `of` does."""
        task = self.ask(person)
        if task is not None:
            try:
                return await asyncio.wait_for(asyncio.shield(task), WAIT)
            except (TimeoutError, Later, Refused, Gone) as error:
                log.info("GitHub does not say what a person may see", person=person.id, error=type(error).__name__)
        raise UnknownError

    def ask(self, person: Person) -> asyncio.Task[Listing] | None:
        """Begin to ask, once at a time; None where that has just failed."""
        task = self.asking.get(person.id)
        if task is not None:
            return task
        failed = self.failed.get(person.id)
        if failed is not None and timedelta(0) <= self.now() - failed < PAUSE:
            return None
        task = self.asking[person.id] = asyncio.create_task(self.read(person))
        task.add_done_callback(lambda done: self.done(person.id, done))
        return task

    def done(self, person_id: int, task: asyncio.Task[Listing]) -> None:
        """Keep what was found, or note that nothing was."""
        error = None if task.cancelled() else task.exception()
        if task.cancelled() or self.asking.get(person_id) is not task:
            return  # forgotten meanwhile: whoever still waits for it has its answer, and nobody else
        del self.asking[person_id]
        if error is None:
            self.failed.pop(person_id, None)
            self.keep(person_id, task.result())
        elif isinstance(error, SignInAgainError):
            self.kept.pop(person_id, None)
        else:
            self.failed[person_id] = self.now()
            if len(self.failed) > MOST_PEOPLE:
                self.failed.pop(next(iter(self.failed)))
            if not isinstance(error, (Later, Refused, Gone)):
                log.error("what a person may see could not be read", person=person_id, error=repr(error))

    def keep(self, person_id: int, listing: Listing) -> None:
        self.kept[person_id] = listing
        self.kept.move_to_end(person_id)
        weight = sum(len(one.readable) for one in self.kept.values())
        while len(self.kept) > 1 and (len(self.kept) > MOST_PEOPLE or weight > MOST_REPOSITORIES):
            _, oldest = self.kept.popitem(last=False)
            weight -= len(oldest.readable)

    def forget(self, person_id: int) -> None:
        """Forget what is known of a person: whoever signs in anew is asked about anew."""
        self.kept.pop(person_id, None)
        self.failed.pop(person_id, None)
        self.asking.pop(person_id, None)

    async def close(self) -> None:
        """Stop asking."""
        tasks = list(self.asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def read(self, person: Person) -> Listing:
        """Ask GitHub; a token that it does not take any more is renewed once."""
        token = await self.tokens.current(person.id)
        try:
            return await self.read_with(self.client(token), person)
        except Refused as refusal:
            if refusal.status != 401:
                raise
        token = await self.tokens.instead(person.id, token)
        try:
            return await self.read_with(self.client(token), person)
        except Refused as refusal:
            if refusal.status == 401:
                raise SignInAgainError(refusal.reason) from refusal
            raise

    async def read_with(self, gh: GitHub, person: Person) -> Listing:
        at = self.now()
        present = [one for one in await installations_of_user(gh) if one.suspended_at is None]
        turn = asyncio.Semaphore(AT_ONCE)

        async def repositories(installation_id: int) -> list[Reachable]:
            async with turn:
                return await or_nothing(repositories_of_user(gh, installation_id))

        found = await asyncio.gather(*(repositories(one.id) for one in present))
        reached = [repository for some in found for repository in some]
        owned = {one.id for one in present if str(one.account_id) == person.subject}
        owned |= {one.id for one in present if one.account_type == "Organization" and await owns(gh, one.account_login)}
        return Listing(
            at,
            frozenset(one.id for one in present),
            frozenset(owned),
            frozenset(one.id for one in reached),
            frozenset(one.id for one in reached if one.can_push),
            frozenset(one.id for one in reached if one.can_administer),
        )


async def or_nothing(asked: Awaitable[list[Reachable]]) -> list[Reachable]:
    """Return nothing where one installation refuses this person, as single sign-on and lists of addresses do."""
    try:
        return await asked
    except Refused as refusal:
        if refusal.status == 401:
            raise
        return []
