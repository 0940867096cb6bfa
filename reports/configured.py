"""What a repository has set, with a memory: a mistake, a refusal or an outage does not undo what held before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from github.client import GitHub
from github.errors import Gone, Later, Refused
from github.reads.contents import file_text
from github.reads.repository import repository
from reports.configuration import Configuration, assembled, owners_assembled
from reports.configuration_file import PATH, File, parsed
from reports.configuration_parsing import LARGEST
from reports.services import Services
from storage.configurations import KnownFile, known_file, note_faults_said, save_file, storable
from storage.engine import Store
from storage.installations import Repository

TRUSTED = timedelta(days=1)  # how long what was read holds while GitHub is down
NOT_SAID = ""  # stands for no faults
NOTED_EVERY = timedelta(hours=1)  # that a file is still the same is written no more often

log = structlog.get_logger(__name__)


async def configuration_for(services: Services, github: GitHub, repository: Repository) -> Configuration:
    """Return what a repository, or else its owner, has set. An unchanged file costs nothing of the limit.

    One that is not there is looked for once a minute, whoever asks.
    github speaks for the whole installation. With a fault in the file the last version without one holds, as it does
    where GitHub refuses to show the file. While GitHub is down, what was read within a day holds; raises Later after.
    """
    return await assembled(github, Remembered(services, github, repository.installation_id), repository)


async def owners_configuration_for(
    services: Services, github: GitHub, installation_id: int, owner: str
) -> Configuration:
    """Return what an owner has set for all repositories, as `configuration_for` does."""
    return await owners_assembled(github, Remembered(services, github, installation_id), owner)


async def note_said(services: Services, repository: Repository, configuration: Configuration) -> None:
    """Note that somebody who can do something about it was told of the configuration's faults."""
    source, mark = configuration.source, configuration.mark
    if source is None or mark is None:
        return
    of = repository.installation_id
    await services.store.write(lambda conn: note_faults_said(conn, of, source.lower(), mark))


@dataclass(frozen=True, slots=True)
class Remembered:
    """Reads files of an installation's repositories and remembers them."""

    services: Services
    github: GitHub
    installation_id: int

    async def read(self, owner: str, name: str) -> File:
        """Return a repository's file as it stands, or as it stood where GitHub does not show it; raises Refused, Later.

        A file that is not there any more is forgotten: whoever deletes it takes back what it said.
        """
        key = f"{owner}/{name}".lower()
        store, absent, now = self.services.store, self.services.absent, self.services.now()
        if absent.holds((self.installation_id, key), now):
            return File(owner, name, None)
        known = await store.read(lambda conn: known_file(conn, self.installation_id, key))
        try:
            text = await file_text(self.github, owner, name, PATH)
            if text is None and known is not None and known.text is not None:
                # Gone may be the repository, or the installation's right to see it, and not the file alone
                await repository(self.github, owner, name)
        except (Refused, Gone) as refusal:
            if known is None:
                raise
            log.info("the configuration as it was read before holds", key=key, reason=refusal.reason)
            return as_file(owner, name, known)
        except Later as later:
            if known is None or now - known.read_at > TRUSTED:
                raise
            log.info("the configuration as it was read before holds", key=key, reason=later.reason)
            return as_file(owner, name, known)
        new = await self.newest(key, name, text, known, now)
        if known is None or replace(new, read_at=known.read_at) != known or now - known.read_at >= NOTED_EVERY:
            await store.write(lambda conn: save_file(conn, new))
        if text is None:
            absent.note((self.installation_id, key), now)
        return as_file(owner, name, new)

    async def remembered(self, owner: str, name: str) -> File:
        """Return a repository's file as it was read last, one without text where it never was."""
        return await remembered(self.services.store, self.installation_id, owner, name)

    async def forget_said(self, file: File) -> None:
        """Forget that somebody was told of a file's faults, since it has none any more."""
        of, key = self.installation_id, file.full_name.lower()
        await self.services.store.write(lambda conn: note_faults_said(conn, of, key, NOT_SAID))

    async def newest(self, key: str, name: str, text: str | None, known: KnownFile | None, now: datetime) -> KnownFile:
        """Return what is to be remembered of a file that reads so now."""
        said = None if known is None else known.said
        if text is None:
            return KnownFile(self.installation_id, key, None, None, None, now, said)
        text = storable(text[: LARGEST + 1])  # of a larger one nothing is used, and that is all there is to remember
        good, good_at = (None, None) if known is None else (known.good, known.good_at)
        if text != good and not (await parsed(text, name)).faults:
            good, good_at = text, now
        return KnownFile(self.installation_id, key, text, good, good_at, now, said)


async def remembered(store: Store, installation_id: int, owner: str, name: str) -> File:
    """Return a repository's file as it was read last, one without text where there was none."""
    key = f"{owner}/{name}".lower()
    known = await store.glance(lambda conn: known_file(conn, installation_id, key))
    return File(owner, name, None) if known is None else as_file(owner, name, known)


def as_file(owner: str, name: str, known: KnownFile) -> File:
    """Return what is remembered as a file."""
    return File(owner, name, known.text, known.good, known.good_at, known.said)
