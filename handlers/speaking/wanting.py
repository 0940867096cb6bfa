"""Whether an event is to be spoken of: as the repository's owners have it, and never to the App itself."""

from __future__ import annotations

import structlog

from github.errors import Gone, Refused
from handlers.speaking.subject import Subject
from reports.configuration import Configuration
from reports.services import Services
from reports.speaking import Speaking

log = structlog.get_logger(__name__)


def wanted(subject: Subject, configuration: Configuration) -> bool:
    """Tell whether the repository's owners want to hear of it."""
    on, programs = configuration.on, configuration.terms.bots
    asked_for = {"merged": on.merged, "release": on.release, "milestone": on.milestone, "label": is_label(subject, on)}
    if not asked_for[subject.kind]:
        return False
    if subject.kind == "label" and bare(subject.sender) in programs:
        return False
    return on.bots or not (subject.by_program or bare(subject.author) in programs)


def is_label(subject: Subject, on: Speaking) -> bool:
    """Tell whether this is the label; GitHub's labels do not differ by case."""
    return on.label is not None and subject.name.casefold() == on.label.casefold()


def bare(login: str) -> str:
    """Return a login as `bots:` has it."""
    return login.lower().removesuffix("[bot]")


async def is_own(services: Services, subject: Subject) -> bool:
    """Tell whether the App itself has opened the thread, such as a report: it does not speak to itself."""
    if not subject.by_program:
        return False
    try:
        own = (await services.identity()).bot_login
    except (Gone, Refused) as error:
        log.warning("who the App is is not known", reason=error.reason)
        return True
    return own is None or subject.author.lower() == own.lower()
