"""How an installation stands just now, before its run begins or goes on."""

from __future__ import annotations

import structlog

from github.errors import Gone
from github.reads.installations import InstallationFacts
from github.reads.installations import installation as read_installation
from github.reads.installations import installations as read_installations
from reports import capture_words as words
from reports.services import Services
from scheduler.discover import mark_removed, stored
from storage.connection import Connection
from storage.installations import Installation, save_unless_over
from storage.installations import installation as stored_installation

log = structlog.get_logger(__name__)


class Stopped(Exception):  # noqa: N818 - an ending, not an error
    """The run ends here, and why."""


async def look(services: Services, installation_id: int) -> Installation:
    """Ask how the installation stands, store it and return it; raises Stopped where it is suspended or over."""
    known = await services.store.read(lambda conn: stored_installation(conn, installation_id))
    if known is not None and known.removed_by == "webhook":
        raise Stopped(words.REMOVED)
    try:
        facts = await ask(services, installation_id)
    except Gone as gone:
        if known is None:
            raise
        log.warning("GitHub tells nothing of installations; what is stored counts", reason=gone.reason)
        return at_work(known)
    if facts is None:
        await mark_removed(services, installation_id)
        raise Stopped(words.REMOVED)
    shown = stored(facts)

    async def keep(conn: Connection) -> bool:
        return await save_unless_over(conn, shown)

    if not await services.store.write(keep):
        raise Stopped(words.REMOVED)  # a webhook said so while GitHub was being asked
    return at_work(shown)


def at_work(installation: Installation) -> Installation:
    """Return the installation; raises Stopped where nothing can be asked of it."""
    if installation.removed_at is not None:
        raise Stopped(words.REMOVED)
    if installation.suspended_at is not None:
        raise Stopped(words.suspended(installation.suspended_at))
    return installation


async def ask(services: Services, installation_id: int) -> InstallationFacts | None:
    """Read the installation; None if it is in GitHub's list no more either, which is believed before it is over.

    Raises Gone where there is no such list: a server that tells nothing of installations says nothing of their end.
    """
    as_app = services.as_app()
    try:
        return await read_installation(as_app, installation_id)
    except Gone:
        listed = await read_installations(as_app)
        return next((facts for facts in listed if facts.id == installation_id), None)
