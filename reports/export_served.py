"""The file behind an export's address: made when it is fetched, of what is stored, if it may still be shown.

GitHub is never asked: whoever fetches a file has no installation to ask through, and a page never waits for GitHub.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

import msgspec

from analytics.metrics import all_metrics
from analytics.tables import CAPTURED
from analytics.terms import Terms, strictest
from reports.answer import Answer
from reports.configuration import Configuration
from reports.export import about_csv, as_csv, as_json
from reports.export_wanted import LIVES, Wanted
from reports.known_settings import known_settings
from reports.services import Services
from reports.stored_answer import stored_task
from storage.connection import Connection
from storage.exports import export
from storage.installations import Repository, installation, repository

ZIP_BEGINS = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can name
CSV, ZIP, JSON = "text/csv; charset=utf-8", "application/zip", "application/json"


@dataclass(frozen=True, slots=True)
class Served:
    """A file as it is sent."""

    name: str
    media_type: str
    data: bytes


async def served(services: Services, address: str) -> Served | None:
    """Return the file behind an address; None where there is none, or none any more, or it may not be shown now."""
    stored = await services.store.read(lambda conn: export(conn, address, services.now() - LIVES))
    if stored is None:
        return None
    wanted = msgspec.json.decode(stored.wanted, type=Wanted)
    terms = await allowed(services, wanted)
    home = await services.store.read(lambda conn: at_work(conn, wanted.question.repository_id))
    if terms is None or home is None:
        return None
    question = replace(wanted.question, repository=home.full_name)
    task = await stored_task(services, question, home, terms, wanted.asked_at, wanted.together)
    answered = await services.pool.run("answer", task)
    assert isinstance(answered, Answer), "what compute.answer returns"
    sentences = (*answered.completeness.sentences, *wanted.sentences)
    whole = replace(answered, completeness=replace(answered.completeness, sentences=sentences))
    return await asyncio.to_thread(written, whole, home, wanted.form)


async def allowed(services: Services, wanted: Wanted) -> Terms | None:
    """Return the terms on which a question may be answered now, None if it may not be any more.

    Every repository that it rests on must be there, and for everybody to see, or its owners let it be under an address;
    and none of those whose traffic counts may have traffic switched off.
    """
    question = wanted.question
    traffic = question.sees_traffic or any(all_metrics()[name].needs & CAPTURED for name in question.metrics)
    counted = {question.repository_id, *question.repositories}
    settings: dict[int, Configuration] = {}
    for number in [*counted, *wanted.together, *others(wanted)]:
        found = await services.store.read(partial(at_work, number=number))
        if found is None:
            return None
        known = settings[number] = await known_settings(services.store, found)
        if found.visibility != "public" and known.images != "hosted":
            return None
        if traffic and number in counted and known.traffic == "off":
            return None
    people = strictest([wanted.people, *(known.terms.people for known in settings.values())])
    return replace(settings[question.repository_id].terms, people=people)


def others(wanted: Wanted) -> tuple[int, ...]:
    """Return the repository that a question compares with, if it does."""
    number = wanted.question.against.repository_id
    return (number,) if number else ()


async def at_work(conn: Connection, number: int) -> Repository | None:
    """Return a repository that the App is installed on."""
    found = await repository(conn, number)
    if found is None or found.removed_at is not None:
        return None
    owner = await installation(conn, found.installation_id)
    return None if owner is None or owner.removed_at is not None or owner.suspended_at is not None else found


def written(answer: Answer, home: Repository, form: str) -> Served:
    """Return an answer as a file: JSON, one CSV, or where there are several tables a zip of one CSV each."""
    until = answer.question.window.until
    name = f"{home.owner}-{home.name}-{'-'.join(answer.question.metrics[:3])}-{until:%Y-%m-%d}"
    if form == "json":
        # as `python -m bot report --format json` writes it
        return Served(
            f"{name}.json", JSON, msgspec.json.format(msgspec.json.encode(as_json(answer, home)), indent=2) + b"\n"
        )
    texts = as_csv(answer)
    if len(texts) == 1:
        (only,) = texts.values()
        return Served(f"{name}.csv", CSV, only.encode())
    return Served(f"{name}.zip", ZIP, zipped([("about", about_csv(answer, home)), *texts.items()]))


def zipped(texts: Iterable[tuple[str, str]]) -> bytes:
    """Return a zip file of CSV texts; the same texts make the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in texts:
            entry = zipfile.ZipInfo(f"{name}.csv", ZIP_BEGINS)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, text.encode())
    return out.getvalue()
