"""`issue_comment`: somebody wrote or edited a comment on an issue or a pull request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.permission import permission
from github.writes.reactions import THUMBS_DOWN, react
from handlers.asked import AskedIn
from handlers.command import WhoMay
from handlers.commands import command_for
from handlers.configuration import read_configuration
from handlers.conversation import Conversation
from handlers.grammar import Call, GrammarMistake, changed, parse
from handlers.history import later_history
from reports.answering import ref
from reports.keys import answer_key
from reports.publish import Publication
from reports.sentences import failure
from reports.services import Services
from storage import answers, installations
from storage.answers import PublishedAnswer
from storage.connection import Connection
from storage.queue import put

EVENT = "issue_comment"
ACTIONS = frozenset({"created", "edited"})
AUTHOR_MAY_ASK = 3  # times an hour, of somebody who is only the thread's author
HOUR = timedelta(hours=1)
ASKED, DECLINED = "asked", "declined"

log = structlog.get_logger(__name__)

Calls = tuple[Call | GrammarMistake, ...]


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Answer the commands in the comment, if it has any that are new and its author may ask."""
    asked = AskedIn.from_payload(payload)
    if asked is None or asked.action not in ACTIONS or asked.by_program:
        return
    calls = commands_of(asked)
    if not calls:
        return
    github = services.github(asked.installation.id)
    remembered = await remember(services, asked)
    if remembered is None:
        log.info("an older version of a comment came late", comment=asked.comment_id)
        return
    record, again = remembered
    if not await may_ask(services, github, asked, calls):
        await decline(services, github, asked, record)
        return
    publication = publication_of(services, github, asked, record)
    conversation = Conversation(
        services,
        github,
        asked.repository,
        asked.comment_id,
        record.key,
        publication,
        services.now().replace(microsecond=0),
        again=again,
    )
    await conversation.hold(calls)
    if not conversation.whole:
        job = later_history(asked.repository, services.now())
        await services.store.write(lambda connection: put(connection, [job], services.now()))


async def give_up(services: Services, delivery: str, payload: Mapping[str, Any]) -> None:
    """Say in one neutral sentence that there will be no answer, with what finds the reason in the logs."""
    asked = AskedIn.from_payload(payload)
    remembered = await remember(services, asked) if asked is not None else None
    if asked is None or remembered is None:
        return
    record, _ = remembered
    publication = publication_of(services, services.github(asked.installation.id), asked, record)
    await publication.put(failure(delivery, key=record.key))


def commands_of(asked: AskedIn) -> Calls:
    """Return the comment's commands; none if an edit left them as they were."""
    calls = parse(asked.body)
    if asked.action == "created":
        return calls
    if asked.body_before is None:
        return ()
    return calls if changed(parse(asked.body_before), calls) else ()


async def remember(services: Services, asked: AskedIn) -> tuple[PublishedAnswer, bool] | None:
    """Store who asked where; None if a newer version of the comment was worked on before.

    The second value tells whether this very version was: an attempt at it ended early.
    """
    key = answer_key(asked.repository.id, asked.comment_id)

    async def work(connection: Connection) -> tuple[PublishedAnswer, bool] | None:
        await installations.save_installation(connection, asked.installation)
        await installations.save_repository(connection, asked.repository)
        known = await answers.answer(connection, key)
        if known is not None and is_older(asked, known):
            return None
        now = services.now()
        record = known or PublishedAnswer(
            key=key,
            repository_id=asked.repository.id,
            number=asked.number,
            command_comment_id=asked.comment_id,
            asked_by=asked.author,
            comment_id=None,
            state=ASKED,
            question="",
            asked_at=asked.updated_at,
            created_at=now,
            updated_at=now,
        )
        question = wording(asked.body)
        again = known is not None and known.asked_at == asked.updated_at and known.question == question
        if record.state == DECLINED:
            record = replace(record, state=ASKED)
        record = replace(record, question=question, asked_at=asked.updated_at, updated_at=now)
        await answers.save_answer(connection, record)
        return record, again

    return await services.store.write(work)


def is_older(asked: AskedIn, known: PublishedAnswer) -> bool:
    """Tell whether a newer version of the comment than this one is known.

    GitHub's times are whole seconds: of two versions of one second, the one that came out of the other is newer.
    """
    if known.asked_at != asked.updated_at:
        return known.asked_at > asked.updated_at
    if known.question == wording(asked.body):
        return False
    return asked.body_before is None or known.question != wording(asked.body_before)


def wording(body: str) -> str:
    """Return the commands of a comment as they were written."""
    return "\n".join(call.raw.strip() for call in parse(body))


async def may_ask(services: Services, github: GitHub, asked: AskedIn, calls: Calls) -> bool:
    """Tell whether whoever wrote these commands may ask all of them."""
    if asked.edited_by_other:
        # the association in the payload is the comment's author's, not the editor's
        return (await permission(github, ref(asked.repository), asked.sender)).can_push
    is_author = asked.author_id == asked.thread_author_id
    wanted = [command_for(call).who_may for call in calls if isinstance(call, Call)] or [WhoMay.MEMBERS_AND_AUTHOR]
    if all(who.allows(asked.association, is_author=False) for who in wanted):
        return True
    if all(who.allows(asked.association, is_author=is_author) for who in wanted):
        since = services.now() - HOUR
        count = await services.store.read(
            lambda connection: answers.asked_since(
                connection, asked.repository.id, asked.author, since, not_counted=DECLINED
            )
        )
        if count <= AUTHOR_MAY_ASK:  # this comment is counted already
            return True
    return (await read_configuration(github, asked.repository)).everyone_may


async def decline(services: Services, github: GitHub, asked: AskedIn, record: PublishedAnswer) -> None:
    """React with 👎 and nothing else: a stranger's question must not make noise for everybody."""
    if record.comment_id is None:
        declined = replace(record, state=DECLINED, updated_at=services.now())
        await services.store.write(lambda connection: answers.save_answer(connection, declined))
    try:
        await react(github, ref(asked.repository), asked.comment_id, THUMBS_DOWN)
    except (Later, Gone, Refused) as error:
        log.info("no reaction", reason=error.reason)


def publication_of(services: Services, github: GitHub, asked: AskedIn, record: PublishedAnswer) -> Publication:
    """Return the publication that goes on where `record` stood."""
    return Publication(
        services.store, github, ref(asked.repository), record, services.bot_login, services.now, services.sleep
    )
