"""Whether somebody asks too much, as it is stored who asked when."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.asked import AskedIn
from handlers.limits import AUTHOR_MAY_ASK, HOUR, TooMuch, declined_enough, measured, was_told
from reports.services import Services
from storage import askings
from storage.connection import Connection


async def in_measure(services: Services, asked: AskedIn) -> bool:
    """Tell whether the thread's author asks seldom enough; an edit asks again, and what is declined does not count."""

    async def work(connection: Connection) -> int:
        where, who, this_one = asked.repository.id, asked.author, (asked.comment_id, asked.updated_at)
        # by the comment's own time: what an outage held back is answered as it would have been then
        since = asked.updated_at - HOUR
        return await askings.askings_since(connection, where, who, since, apart_from=this_one)

    return await services.store.read(work) < AUTHOR_MAY_ASK


@dataclass(frozen=True)
class Limit:
    """Too much was asked; `say`: whether it is to be said, which it is once an hour to each person."""

    found: TooMuch
    say: bool


async def too_much_asked(services: Services, asked: AskedIn, commands: int) -> Limit | None:
    """Note that somebody asks `commands` more, unless that is too much within an hour."""
    where, who, at = asked.repository.id, asked.sender, asked.updated_at

    async def work(connection: Connection) -> Limit | None:
        found_around = await askings.askings_around(connection, where, at, HOUR)
        around = [one for one in found_around if one.commands != askings.DECLINED]
        this_one = [one for one in around if (one.comment_id, one.asked_at) == (asked.comment_id, at)]
        others = [one for one in around if one not in this_one]
        found = measured(others, who, at, commands)
        if any(one.commands for one in this_one):
            return None  # it was allowed before, and was interrupted
        say = found is not None and not was_told(others, who, at)
        if found is None or say:
            answered = 0 if found is not None else commands
            await askings.note_asking(connection, where, who, asked.comment_id, at, commands=answered)
        return None if found is None else Limit(found, say)

    return await services.store.write(work)


async def declined_too_often(services: Services, asked: AskedIn) -> bool:
    """Note that somebody asks who may not; tell whether that happens so often that it gets no thumb any more."""
    where, who, at = asked.repository.id, asked.sender, asked.updated_at

    async def work(connection: Connection) -> bool:
        around = await askings.askings_around(connection, where, at, HOUR)
        declined = [one for one in around if one.commands == askings.DECLINED]
        if any((one.comment_id, one.asked_at) == (asked.comment_id, at) for one in declined):
            return False  # it was noted before, and was interrupted
        if declined_enough(declined, who, at):
            return True
        await askings.note_asking(connection, where, who, asked.comment_id, at, commands=askings.DECLINED)
        return False

    return await services.store.write(work)
