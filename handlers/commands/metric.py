"""`/analytics <metric> [period]`: one metric, or several, in full."""

from __future__ import annotations

from analytics.metrics import all_metrics
from handlers.command import Command, Context, WhoMay
from handlers.grammar import Call
from reports.question import Question


async def ask(context: Context, call: Call) -> None:
    """Answer what the words ask; raises Mistake for a word that is neither a metric nor a period."""
    repository = context.repository
    question = Question.from_words(
        call.words,
        now=context.now,
        repository_id=repository.id,
        repository=f"{repository.owner}/{repository.name}",
        metrics=all_metrics(),
    )
    await context.answer(question)


COMMAND = Command(
    name="metric",
    usage="/analytics <metric> [<metric> …] [period] [scope=org]",
    summary="one metric, or several, with tables, pictures and definitions",
    help=(
        "The period is written as for the overview: `30d`, `12w`, `2026-01-01..2026-03-31` or `all`. Metrics and "
        "period may stand in any order. `scope=org` asks traffic of all repositories of the installation together, as "
        "far as the thread's readers may see them: in a public thread public ones only."
    ),
    who_may=WhoMay.MEMBERS_AND_AUTHOR,
    examples=("/analytics time-to-merge 90d", "/analytics pulls issues 12w", "/analytics traffic 365d"),
    run=ask,
)
