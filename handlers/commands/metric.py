"""`/analytics <metric> [period] [key=value …]`: one metric, or several, in full."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.metrics import all_metrics
from handlers.command import Command, Context, WhoMay
from handlers.grammar import Call
from reports.mistake import Mistake
from reports.period import quoted
from reports.question import USAGE, Question, names_of


async def ask(context: Context, call: Call) -> None:
    """Answer what the words ask; raises Mistake for a word that is neither a metric nor a period."""
    words = call.words[1:] if call.name == COMMAND.name else call.words  # help writes `<metric>`; some type it
    await context.answer(question_of(context, call, words))


def question_of(
    context: Context, call: Call, words: Sequence[str], *, compare: bool = False, usage: str = USAGE
) -> Question:
    """Return what these words of a call ask, together with its options; raises Mistake."""
    from handlers.commands import all_commands  # noqa: PLC0415 (the registry imports this module)

    repository, metrics = context.repository, all_metrics()
    names = names_of(metrics)
    commands = {name: command for name, command in all_commands().items() if f"/analytics {name}" in command.usage}
    for word in words:
        command = commands.get(word.casefold())
        if command is not None and command.name not in names:
            sentence = f"{quoted(word)} is a command of its own: it comes first."
            raise Mistake(sentence, command.usage, nearest=f"/analytics {command.name}", word=word)
    return Question.from_words(
        words,
        call.options,
        now=context.now,
        repository_id=repository.id,
        repository=f"{repository.owner}/{repository.name}",
        metrics=metrics,
        compare=compare,
        usage=usage,
        commands=tuple(commands),
    )


COMMAND = Command(
    name="metric",
    usage="/analytics <metric> [<metric> …] [period] [key=value …]",
    summary="one metric, or several, with tables, pictures and definitions",
    help=(
        "Metrics, period and keys may stand in any order. The period is written as for the overview. Keys narrow the "
        "rows (`author=`, `team=`, `label=`, `base=`, `path=`), say what to compare with (`vs=`), or ask elsewhere "
        "(`in=`, `scope=org`); `/analytics help author` explains one. Several values stand between commas, and "
        '`label="good first issue"` needs its quotes. `scope=org` counts repositories that the thread\'s readers may '
        "see: in a public thread public ones only."
    ),
    who_may=WhoMay.MEMBERS_AND_AUTHOR,
    examples=(
        "/analytics time-to-merge 6m",
        "/analytics pulls 2026-Q1 vs=year base=main",
        '/analytics issues 12w label="good first issue",bug',
        "/analytics traffic 1y scope=org",
    ),
    run=ask,
    place=2,
)
