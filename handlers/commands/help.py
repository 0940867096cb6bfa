"""`/analytics help [command, metric or key]`: what can be asked, by whom, with examples."""

from __future__ import annotations

from analytics.metrics import all_metrics
from handlers.command import Command, Context, WhoMay
from handlers.grammar import Call
from reports.help import command_help, help_page, key_help, metric_help, period_help
from reports.metric_names import names_of
from reports.mistake import Mistake
from reports.nearest import nearest
from reports.options import KEYS
from reports.period import quoted

USAGE = "/analytics help [command, metric or key]"
PERIODS = frozenset({"period", "periods"})


async def explain(context: Context, call: Call) -> None:
    """Say what can be asked, or explain the one thing that is named; raises Mistake if there is no such thing."""
    from handlers.commands import all_commands  # noqa: PLC0415 (the registry imports this module)

    commands, metrics = all_commands(), all_metrics()
    topics = [*call.words[1:], *(key for key, _ in call.options)]
    if not topics:
        in_order = sorted(commands.values(), key=lambda command: command.place)
        await context.say(help_page(in_order, metrics))
        return
    topic = topics[0].strip("`*/=,.").casefold()
    names = names_of(metrics)
    if topic in names:
        # of a command that is a metric, too, the metric says more: what its numbers mean
        await context.say(metric_help(metrics[names[topic]]))
    elif topic in commands:
        await context.say(command_help(commands[topic]))
    elif topic in KEYS:
        await context.say(key_help(topic, metrics))
    elif topic in PERIODS:
        await context.say(period_help())
    else:
        near = nearest(topic, [*commands, *names, *KEYS, "periods"])
        sentence = f"There is no help on {quoted(topics[0])}."
        raise Mistake(sentence, USAGE, nearest=f"/analytics help {near}" if near else None, word=topics[0])


COMMAND = Command(
    name="help",
    usage=USAGE,
    summary="this page, or one command, metric or key explained",
    help=(
        "It names every command, metric, period and key, says who may use them, and what each number means. "
        "`/analytics help periods` lists the ways to write a period."
    ),
    who_may=WhoMay.MEMBERS_AND_AUTHOR,
    examples=("/analytics help", "/analytics help time-to-merge", "/analytics help vs"),
    run=explain,
    place=8,
)
