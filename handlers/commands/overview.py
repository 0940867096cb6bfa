"""`/analytics [period]`: the few numbers that matter, against the period before, and one picture."""

from __future__ import annotations

from handlers.command import Command, WhoMay
from handlers.commands.metric import ask

COMMAND = Command(
    name="overview",
    usage="/analytics [period]",
    summary="the main numbers against the period before, and one picture",
    help=(
        "Without a period it covers the last 30 days. A period is a number of days (`30d`) or weeks (`12w`), two dates "
        "of which the last day still counts (`2026-01-01..2026-03-31`, UTC), or `all`."
    ),
    who_may=WhoMay.MEMBERS_AND_AUTHOR,
    examples=("/analytics", "/analytics 90d", "/analytics 2026-01-01..2026-03-31"),
    run=ask,
)
