"""`/analytics export`: an address that cannot be guessed, under which an answer can be fetched as a file for a day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import msgspec

from analytics.terms import People
from github.client import GitHub
from reports import asking_again, when
from reports.about import beside, of_organisation, only, whose
from reports.answering import bring, ref
from reports.configuration import Images
from reports.escape import code, text
from reports.export_wanted import LIVES, PATH, Form, Wanted
from reports.question import Question
from reports.sentences import NO_FILE_ADDRESS, NO_FILES, file_link, no_file
from reports.services import Services
from reports.walk import Progress, Reading
from storage.connection import Connection
from storage.exports import Export, delete_exports_before, save_export
from storage.installations import Repository


async def link(  # noqa: PLR0917 - the world, whom to ask, what is asked where and when, and who is told
    services: Services,
    github: GitHub,
    repository: Repository,
    question: Question,
    asked_at: datetime,
    report: Callable[[Progress], Awaitable[None]],
    *,
    form: Form,
    key: str,
    thread: Repository,
    images: Images,
    people: People,
) -> tuple[str, str | None]:
    """Read what is missing, and return the sentence with the link and its address, or why there is none and no address.

    The file itself is made when it is fetched, of what is stored then. images: `hosted` lets what is not public be
    under an address · people: how persons are shown at most. Raises Later and Gone.
    """
    lines = [f"{line} --format {form}" if " report " in line else line for line in asking_again.in_terminal(question)]
    commands = "\n".join(lines)
    if services.picture_base is None:
        return no_file(NO_FILE_ADDRESS, commands), None
    reading = Reading(services.store, github, ref(repository), services.now, report)
    known = await bring(reading, repository, question, lambda one: services.github(one.installation_id), thread)
    if not known.public and images != "hosted":
        return no_file(NO_FILES, commands), None
    wanted = Wanted(known.question, form, asked_at, known.together, people, known.sentences)
    now = services.now()
    address = services.new_address()
    export = Export(address, repository.id, key, msgspec.json.encode(wanted).decode(), now)

    async def work(connection: Connection) -> None:
        await delete_exports_before(connection, now - LIVES)
        await save_export(connection, export)

    await services.store.write(work)
    metrics, period = ", ".join(question.metrics), when.name(question.window, asked_at)
    figures = text(whose(question)) if of_organisation(question) else f"of {code(question.repository)}"
    further = "".join(f", {text(phrase)}" for phrase in (only(question), beside(question)) if phrase)
    name = f"{text(metrics)} {figures}, {text(period)}{further}, as {form.upper()}"
    hours = LIVES // timedelta(hours=1)
    return file_link(name, f"{services.picture_base}{PATH}/{address}", hours), address
