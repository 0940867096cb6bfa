"""`/analytics waiting`: what waits now, and for whom."""

from __future__ import annotations

from handlers.command import Command, WhoMay
from handlers.commands.metric import ask

COMMAND = Command(
    name="waiting",
    usage="/analytics waiting [key=value …]",
    summary="what waits now, for how long, and whose turn it is",
    help=(
        "Open pull requests and issues by the age of the turn nobody has taken yet: the author's, or a reviewer's. "
        "`author=`, `team=`, `label=` and `base=` narrow it. It is about now, so it has no period and no `vs=`. A "
        "target set in `.github/analytics.yml` shows what is past it."
    ),
    who_may=WhoMay.MEMBERS_AND_AUTHOR,
    examples=("/analytics waiting", "/analytics waiting label=bug"),
    run=ask,
    place=4,
)
