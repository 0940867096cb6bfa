"""`/analytics status`: what is stored, when the next capture is due, and what keeps it from being whole."""

from __future__ import annotations

from handlers.command import Command, Context, WhoMay
from handlers.grammar import Call
from reports.mistake import Mistake

USAGE = "/analytics status"


async def tell(context: Context, call: Call) -> None:
    """Say how it stands with what is stored; raises Mistake for further words."""
    further = [*call.words[1:], *(f"{key}={value}" for key, value in call.options)]
    if further:
        raise Mistake("`status` takes no further words.", USAGE, nearest=USAGE, word=further[0])
    await context.status()


COMMAND = Command(
    name="status",
    usage=USAGE,
    summary="what is stored since when, the next capture, and what went wrong",
    help=(
        "It tells since when traffic is kept and which days are unknown, how the latest captures of the installation "
        "went and why a repository is missing, which permission the App lacks and where its owner approves it, and how "
        "far everything else has been read."
    ),
    who_may=WhoMay.MEMBERS_ALONE,
    examples=("/analytics status",),
    run=tell,
    place=7,
)
