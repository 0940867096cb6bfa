"""`/analytics report`: reports that are written again and again, set up and stopped where people talk."""

from __future__ import annotations

from handlers.command import Command, Context, WhoMay
from handlers.grammar import Call

USAGE = (
    "/analytics report weekly|monthly|quarterly [metric …] [on=monday at=09:00 tz=Europe/Berlin] [in=issue|thread] "
    "[rolling=yes] [scope=org], or off, or now"
)


async def report(context: Context, call: Call) -> None:
    """Do what the words say and tell what is so then; raises Mistake."""
    await context.report(call.words[1:], call.options)


COMMAND = Command(
    name="report",
    usage=USAGE,
    summary="when the next report comes, about what and where, and what stops it",
    help=(
        "Each period one issue: the overview against the period before, what changed for the worse and for the better, "
        "what waits longest. It is about the last whole week, month or quarter in UTC, and comes at 09:00 on its first "
        "day unless `on=` (a weekday, or a day of the month), `at=` and `tz=` say otherwise. Each report closes the "
        "one before; `rolling=yes` rewrites one issue instead, `in=thread` writes a comment here. `scope=org` is about "
        "all repositories that everybody here may see. `off` stops reports, `now` writes the newest at once, and no "
        "further word shows what is set up. Only people who may push can change any of it."
    ),
    who_may=WhoMay.MEMBERS,
    examples=("/analytics report weekly", "/analytics report monthly pulls on=1 at=08:00 tz=Europe/Berlin"),
    run=report,
    place=6,
)
