"""`/analytics help [command or metric]`: what can be asked, by whom, with examples."""

from __future__ import annotations

from analytics.metrics import all_metrics
from handlers.command import Command, Context, WhoMay
from handlers.grammar import Call
from reports.escape import code
from reports.help import command_help, help_page, metric_help
from reports.mistake import Mistake
from reports.nearest import nearest
from reports.question import names_of

USAGE = "/analytics help [command or metric]"


async def explain(context: Context, call: Call) -> None:
    """Say what can be asked, or explain the one thing that is named; raises Mistake if there is no such thing."""
    from handlers.commands import all_commands  # noqa: PLC0415 (the registry imports this module)

    commands, metrics = all_commands(), all_metrics()
    topics = call.words[1:]
    if not topics:
        simplest_first = sorted(commands.values(), key=lambda command: len(command.usage))
        await context.say(help_page(simplest_first, metrics))
        return
    topic = topics[0].removeprefix("/").casefold()
    names = names_of(metrics)
    if topic in names:
        await context.say(metric_help(metrics[names[topic]]))
    elif topic in commands:
        await context.say(command_help(commands[topic]))
    else:
        near = nearest(topic, [*commands, *names])
        sentence = f"There is no help on {code(topics[0])}."
        raise Mistake(sentence, USAGE, nearest=f"/analytics help {near}" if near else None, word=topics[0])


COMMAND = Command(
    name="help",
    usage=USAGE,
    summary="this page, or one command or metric explained",
    help="It names every command and metric, says who may use them, and what each number means.",
    who_may=WhoMay.MEMBERS_AND_AUTHOR,
    examples=("/analytics help", "/analytics help time-to-merge"),
    run=explain,
)
