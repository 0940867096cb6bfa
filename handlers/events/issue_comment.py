"""`issue_comment`: somebody wrote or edited a comment on an issue or a pull request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from github.client import GitHub
from github.reads.permission import permission
from github.writes.reactions import THUMBS_DOWN
from handlers.access import Access
from handlers.activity.comments import keep_comment
from handlers.asked import AskedIn
from handlers.audience import looked_up
from handlers.command import MEMBERS, WhoMay
from handlers.commands import command_for
from handlers.conversation import Conversation
from handlers.grammar import Call, GrammarMistake, changed, parse
from handlers.measure import declined_too_often, in_measure, too_much_asked
from handlers.part import meant
from handlers.reactions import Reactions
from handlers.refusing import admit, refuse
from handlers.seen import note_seen
from reports.answering import ref
from reports.configured import configuration_for
from reports.keys import answer_key
from reports.publish import Publication
from reports.reading_on import read_on
from reports.sentences import failure
from reports.services import Services
from storage import answers
from storage.answer_parts import parts_of
from storage.answers import PublishedAnswer
from storage.connection import Connection

EVENT = "issue_comment"
ACTIONS = frozenset({"created", "edited"})
BELONGING = frozenset({"OWNER", "MEMBER"})
"""What GitHub calls `author_association` of those who belong to the repository's owner, not to the repository alone."""
ASKED = "asked"
TRUSTED = timedelta(minutes=10)
"""How long what a delivery says of its repository is believed: it may have waited since, and gone private."""
GRANULARITY = timedelta(seconds=1)  # of GitHub's times

log = structlog.get_logger(__name__)

Calls = tuple[Call | GrammarMistake, ...]


async def handle(services: Services, _delivery: str, payload: Mapping[str, Any]) -> None:
    """Keep that somebody wrote; answer the comment's commands, if it has any that are new and its author may ask."""
    await keep_comment(services, payload)
    asked = AskedIn.from_payload(payload)
    if asked is None or asked.action not in ACTIONS or asked.by_program:
        return
    calls = commands_of(asked)
    if not calls:
        return
    github = services.github(asked.installation.id, asked.repository.id)
    if services.now() - asked.updated_at > TRUSTED:
        asked = replace(asked, repository=await looked_up(github, asked.repository))
    record = await remember(services, asked)
    if record is None:
        log.info("an older version of a comment came late", comment=asked.comment_id)
        return
    reactions = Reactions(services.store, github, ref(asked.repository), asked.comment_id)
    if not await may_ask(services, github, asked, calls):
        # nothing else: a stranger's question must not make noise for everybody
        if not await declined_too_often(services, asked):
            await reactions.show(THUMBS_DOWN)
        return
    publication = publication_of(services, github, asked, record)
    published = {part.meaning: part for part in await services.store.read(lambda conn: parts_of(conn, record.key))}
    fresh = [call for call in calls if isinstance(call, GrammarMistake) or meant(call) not in published]
    limit = await too_much_asked(services, asked, max(1, len(fresh)))
    if limit is not None:
        await reactions.show(THUMBS_DOWN)
        await refuse(publication, limit, published.values())
        return
    await admit(publication)
    before = github.usage.copy()
    now = services.now()
    conversation = Conversation(
        services,
        github,
        asked.repository,
        record.key,
        publication,
        reactions,
        access_of(services, github, asked),
        now.replace(microsecond=0),
        max(0.0, (now - asked.updated_at - GRANULARITY).total_seconds()),
        published,
        may_correct=asked.association in MEMBERS and not asked.edited_by_other,
    )
    await conversation.hold(calls)
    used = github.usage.since(before)
    log.info("answered", comment=asked.comment_id, requests=used.requests, points=used.points, writes=used.writes)
    await read_on(services, conversation.unfinished)


def access_of(services: Services, github: GitHub, asked: AskedIn) -> Access:
    """Return what whoever asks may see; the association in the payload is the comment's author's."""
    return Access(
        services,
        github,
        services.github(asked.installation.id),
        asked.repository,
        asked.sender,
        belongs=asked.association in BELONGING and not asked.edited_by_other,
        # whoever changes somebody else's comment may push, or would not have come this far
        member=asked.association in MEMBERS or asked.edited_by_other,
    )


async def give_up(services: Services, delivery: str, payload: Mapping[str, Any]) -> None:
    """Say in one neutral sentence that there will be no answer, with what finds the reason in the logs."""
    asked = AskedIn.from_payload(payload)
    record = await remember(services, asked) if asked is not None else None
    if asked is None or record is None:
        return
    github = services.github(asked.installation.id, asked.repository.id)
    await publication_of(services, github, asked, record).put(failure(delivery, key=record.key))
    reactions = Reactions(services.store, github, ref(asked.repository), asked.comment_id)
    await reactions.show(THUMBS_DOWN)


def commands_of(asked: AskedIn) -> Calls:
    """Return the comment's commands; none if an edit left them as they were."""
    calls = parse(asked.body)
    if asked.action == "created":
        return calls
    if asked.body_before is None:
        return ()
    before = parse(asked.body_before)
    # a command that was added, changed or taken out changes the answer
    return calls if changed(before, calls) or changed(calls, before) else ()


async def remember(services: Services, asked: AskedIn) -> PublishedAnswer | None:
    """Store who asked where; None if a newer version of the comment was worked on before."""
    key = answer_key(asked.repository.id, asked.comment_id)

    async def work(connection: Connection) -> PublishedAnswer | None:
        await note_seen(connection, asked.installation, asked.repository, asked.updated_at)
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
            created_at=asked.created_at,
            updated_at=now,
        )
        record = replace(record, question=wording(asked.body), asked_at=asked.updated_at, updated_at=now)
        await answers.save_answer(connection, record)
        return record

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
    if all(who.allows(asked.association, is_author=is_author) for who in wanted) and await in_measure(services, asked):
        return True
    if WhoMay.MEMBERS_ALONE in wanted:
        return False
    owners = services.github(asked.installation.id)
    return (await configuration_for(services, owners, asked.repository)).everyone_may


def publication_of(services: Services, github: GitHub, asked: AskedIn, record: PublishedAnswer) -> Publication:
    """Return the publication that goes on where `record` stood."""
    return Publication(
        services.store, github, ref(asked.repository), record, services.identity, services.now, services.sleep
    )
