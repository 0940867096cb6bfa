"""`/analytics [period]`: the few numbers that matter, against the period before, and one picture."""

from __future__ import annotations

from handlers.command import Command, WhoMay
from handlers.commands.metric import ask

COMMAND = Command(
    name="overview",
    usage="/analytics [period]",
    summary="the main numbers against the period before, and one picture",
    help=(
        "Without a period it covers the last 30 days. A period is a length that ends now (`30d`, `12w`, `6m`, `1y`), "
        "this year so far (`ytd`), a year, quarter, month or ISO week (`2026`, `2026-Q1`, `2026-03`, `2026-W05`), two "
        "dates of which the last day still counts (`2026-01-01..2026-03-31`), or `all`; in UTC."
    ),
    who_may=WhoMay.MEMBERS_AND_AUTHOR,
    examples=("/analytics", "/analytics 90d", "/analytics 2026-Q1"),
    run=ask,
    place=1,
)
