"""The help page and its parts, made of the commands and the metrics themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from analytics.filters import APPLIES_TO
from analytics.metric import Metric
from reports import escape
from reports.metric_names import knowing
from reports.options import KEYS, MEANINGS, example
from reports.period import FORMS

FOOTNOTE = (
    "<sub>Lines in code, quotes, HTML and tables are not commands, and bots are not answered · "
    "`/analytics help <metric>` defines its numbers, `/analytics help <command>` or `<key>` explains it</sub>"
)
FOR_PUSH = "for people who may push"


class Described(Protocol):
    """A command as help sees it; `help` and `summary` are our own Markdown, the rest is plain."""

    @property
    def name(self) -> str: ...

    @property
    def usage(self) -> str: ...

    @property
    def summary(self) -> str: ...

    @property
    def help(self) -> str: ...

    @property
    def who(self) -> str: ...

    @property
    def examples(self) -> tuple[str, ...]: ...


def help_page(commands: Sequence[Described], metrics: Mapping[str, Metric]) -> str:
    """Return what can be asked: every command and who may use it, every metric, periods, keys, examples.

    Lists rather than tables: they break into lines on a phone.
    """
    asks = [f"`{command.usage}` answers with {command.summary}" for command in commands]
    shows = [f"{escape.code(name)} {described(metric)}{audience(metric)}" for name, metric in metrics.items()]
    periods = " · ".join(f"{escape.code(form)} {meaning}" for form, meaning in FORMS.items())
    keys = [f"`{KEYS[key]}` {meaning}" for key, meaning in MEANINGS.items()]
    parts = [
        "**Write a command on a line of its own, up to five in a comment; editing the comment edits the answer.**",
        bullets(asks),
        who_may(commands),
        "**Metrics**, one or more in a command",
        bullets(shows),
        f"**Periods**, in UTC, 30 days where none is said: {periods}.",
        "**Keys**, several values between commas",
        bullets(keys),
        fenced([example for command in commands for example in command.examples]),
        FOOTNOTE,
    ]
    return "\n\n".join(parts)


def who_may(commands: Sequence[Described]) -> str:
    """Return who may use which command; of those that most commands are for, the names are left out."""
    by_who: dict[str, list[str]] = {}
    for command in commands:
        by_who.setdefault(command.who, []).append(escape.code(command.name))
    *few, (most, _) = sorted(by_who.items(), key=lambda who: len(who[1]))
    lines = [f"{', '.join(names)}: {escape.text(who)}" for who, names in few]
    lines.append(f"everything{' else' if few else ''}: {escape.text(most)}")
    return f"**Who may ask**\n\n{bullets(lines)}"


def command_help(command: Described) -> str:
    """Return all there is to say about one command."""
    return "\n\n".join(
        [
            f"**`{command.usage}`** answers with {command.summary}.",
            command.help,
            f"Who may: {escape.text(command.who)}.",
            fenced(command.examples),
        ]
    )


def metric_help(metric: Metric) -> str:
    """Return what a metric shows, what its numbers mean, what narrows it and how it is asked for."""
    able = [key for key, datasets in APPLIES_TO.items() if metric.needs & datasets]
    narrowed = f"It can be narrowed by {', '.join(escape.code(key + '=') for key in able)}." if able else ""
    examples = [f"/analytics {metric.name} 90d", *(f"/analytics {metric.name} 6m {example(key)}" for key in able[:1])]
    parts = [
        f"**{escape.text(metric.title)}**, {escape.code(metric.name)}: {described(metric)}.",
        escape.text(metric.definition),
        f"Who may: {FOR_PUSH}, unless `.github/analytics.yml` says otherwise." if audience(metric) else "",
        narrowed,
        fenced(examples),
    ]
    return "\n\n".join(part for part in parts if part)


def key_help(key: str, metrics: Mapping[str, Metric]) -> str:
    """Return what a key means, how it is written and what it can be asked of."""
    able = knowing(metrics, key) if key in APPLIES_TO else ()
    can = f"It filters {', '.join(escape.code(name) for name in able)}." if able else ""
    first = f"{able[0]} " if able else "pulls " if "pulls" in metrics else ""
    ways = [KEYS[key].partition("=")[0] + "=" + way for way in KEYS[key].partition("=")[2].split("|")]
    parts = [
        f"**`{KEYS[key]}`** {MEANINGS[key]}.",
        can,
        fenced([f"/analytics {first}6m {way}" for way in ways]),
    ]
    return "\n\n".join(part for part in parts if part)


def period_help() -> str:
    """Return every form of a period."""
    forms = bullets([f"{escape.code(form)} {meaning}" for form, meaning in FORMS.items()])
    return f"**Periods** are in UTC. What is not over yet ends now.\n\n{forms}"


def bullets(items: Sequence[str]) -> str:
    """Return a list, an item a line."""
    return "\n".join(f"- {item}" for item in items)


def described(metric: Metric) -> str:
    """Return a metric's summary and other names."""
    return escape.text(metric.summary) + also(metric)


def also(metric: Metric) -> str:
    """Return a metric's other names in parentheses, nothing if it has none."""
    return f" (also {', '.join(escape.code(alias) for alias in metric.aliases)})" if metric.aliases else ""


def audience(metric: Metric) -> str:
    """Return whom a metric is for, in parentheses, nothing if it is for everyone who may ask."""
    return f" ({FOR_PUSH})" if metric.audience == "push" else ""


def fenced(lines: Sequence[str]) -> str:
    """Return lines to be copied as a block of code."""
    return "\n".join(["```", *lines, "```"])
