"""The App's one reaction to a comment: 👀 while it works, then 🚀 or 👎, each in place of the one before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused, Unsure
from github.pace import Urgency
from github.reads.repository import RepoRef
from github.writes.reactions import react, unreact
from storage import reactions
from storage.connection import Connection
from storage.engine import Store

NOBODY_LOOKS = timedelta(seconds=10)  # a reaction that waits longer for its turn is left out

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reactions:
    """The App's reactions to one comment; what was given is noted, so that a restart or an edit can take it back."""

    store: Store
    github: GitHub
    repository: RepoRef
    comment_id: int

    async def show(self, content: str) -> None:
        """Make `content` the App's only reaction; one that cannot be given, or would come late, is left out."""
        if self.github.write_delay(Urgency.PASSING) > NOBODY_LOOKS:
            return
        try:
            given = await self.store.read(self.given)
            if given.get(content) is None:
                await self.give(content)
            for other, reaction_id in given.items():
                if other != content:
                    await self.take_back(other, reaction_id)
        except (Later, Gone, Refused, Unsure) as error:
            log.info("no reaction", reason=error.reason)

    async def given(self, connection: Connection) -> dict[str, int | None]:
        return await reactions.own_reactions(connection, self.repository.id, self.comment_id)

    async def give(self, content: str) -> int:
        """React and note it; the same reaction twice is one, so it may be given again to learn its id."""
        await self.note(content, None)
        reaction_id = await react(self.github, self.repository, self.comment_id, content)
        await self.note(content, reaction_id)
        return reaction_id

    async def note(self, content: str, reaction_id: int | None) -> None:
        await self.store.write(
            lambda connection: reactions.note_reaction(
                connection, self.repository.id, self.comment_id, content, reaction_id
            )
        )

    async def take_back(self, content: str, reaction_id: int | None) -> None:
        known = await self.give(content) if reaction_id is None else reaction_id
        await unreact(self.github, self.repository, self.comment_id, known)
        await self.store.write(
            lambda connection: reactions.forget_reaction(connection, self.repository.id, self.comment_id, content)
        )
