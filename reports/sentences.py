"""What the bot says when it does not answer: it still reads, something was written wrong, it cannot, or may not."""

from __future__ import annotations

from datetime import datetime

from analytics.words import number
from reports import escape
from reports.keys import with_key
from reports.mistake import Mistake

HELP = "<sub>`/analytics help` says what can be asked</sub>"
HOSTED_ELSEWHERE = "pictures of a repository that is not public are not hosted; their numbers stand as text"
NO_ADDRESS = "no public address is configured for pictures; their numbers stand as text"
TRAFFIC_OFF = "Traffic is not shown here: `.github/analytics.yml` says `traffic: off`."
TRAFFIC_UNSURE = "Traffic is for people who may push, and GitHub did not say whether you may."


def waiting(repository: str, *, read: int, about: int | None, noun: str, key: str | None) -> str:
    """Return the comment that stands in the thread while GitHub is still being read; it is edited into the answer."""
    if about and read:
        progress = f"Reading {number(read)} of about {number(max(read, about))} {noun} of {escape.code(repository)}"
    elif read:
        progress = f"Reading {noun} of {escape.code(repository)}, {number(read)} so far"
    else:
        progress = f"Reading {noun} of {escape.code(repository)}"
    return with_key(f"{progress} … This comment becomes the answer.", key)


def mistake(wrong: Mistake, *, key: str | None = None) -> str:
    """Return the reply to a mistake: what was wrong, what is near, how it is written."""
    near = f" Did you mean {escape.code(wrong.nearest)}?" if wrong.nearest else ""
    return with_key(f"{wrong.sentence}{near}\n\nUsage: `{wrong.usage}`\n\n{HELP}", key)


def cannot_later(until: datetime, *, key: str | None = None) -> str:
    """Return the sentence for a wait, be it that a limit is used up or that GitHub stumbles."""
    return with_key(
        f"Not everything could be read from GitHub yet; the next try is after {until:%Y-%m-%d %H:%M} UTC. "
        "This comment becomes the answer.",
        key,
    )


def traffic_refused(repository: str) -> str:
    """Return the one line for somebody who may not see traffic: whom it is for, and what would change that."""
    return (
        f"Traffic is for people who may push to {escape.code(repository)}, as on GitHub; "
        "`traffic: everyone` in `.github/analytics.yml` would show it to whoever may ask."
    )


def failure(delivery_id: str, *, key: str | None = None) -> str:
    """Return the one neutral sentence for a fault of ours, with what finds it in the logs."""
    found = f"In the logs it is delivery {escape.code(delivery_id)}."
    return with_key(f"This could not be answered, through no fault of the question. {found}", key)
