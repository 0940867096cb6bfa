"""The help page and its parts, made of the commands and the metrics themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from analytics.metric import Metric
from reports import escape
from reports.question import OF_ORGANISATION
from reports.table import table

FOOTNOTE = (
    "<sub>Lines in code, quotes and HTML are not commands, and bots are not answered · "
    "`/analytics help <metric>` defines its numbers</sub>"
)
FOR_PUSH = "for people who may push to the repository"


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
    """Return what can be asked: every command with who may use it, every metric, periods, examples."""
    who = {command.who for command in commands}
    shared = f"Who may: {escape.text(who.pop())}." if len(who) == 1 else ""
    does = [
        [escape.code(command.usage), command.summary, *([] if shared else [escape.text(command.who)])]
        for command in commands
    ]
    asked = [
        [escape.code(metric.name), escape.text(metric.summary) + also(metric) + audience(metric)]
        for metric in metrics.values()
    ]
    of_all = [name for name in metrics if name.startswith(OF_ORGANISATION)]
    scopes = ", ".join(escape.code(f"{name.removeprefix(OF_ORGANISATION)} scope=org") for name in of_all)
    examples = [example for command in commands for example in command.examples]
    parts = [
        "**Write a command on a line of its own, up to five in a comment; editing the comment edits the answer.**",
        table(["command", "answers with", *([] if shared else ["who may"])], does),
        shared,
        table(["metric", "what it shows"], asked),
        "**Periods:** `30d` (the default), `12w`, `2026-01-01..2026-03-31` (UTC, the last day counts), `all`.",
        f"**All repositories together:** {scopes}." if scopes else "",
        fenced(examples),
        FOOTNOTE,
    ]
    return "\n\n".join(part for part in parts if part)


def command_help(command: Described) -> str:
    """Return all there is to say about one command."""
    return "\n\n".join(
        [
            f"**{escape.code(command.usage)}** answers with {command.summary}.",
            command.help,
            f"Who may: {escape.text(command.who)}.",
            fenced(command.examples),
        ]
    )


def metric_help(metric: Metric) -> str:
    """Return what a metric shows, what its numbers mean and how it is asked for."""
    shows = f"{escape.text(metric.summary)}{also(metric)}"
    return "\n\n".join(
        [
            f"**{escape.text(metric.title)}**, {escape.code(metric.name)}: {shows}.",
            escape.text(metric.definition),
            *([f"Who may: {FOR_PUSH}, unless `.github/analytics.yml` says otherwise."] if audience(metric) else []),
            fenced([f"/analytics {metric.name} 90d"]),
        ]
    )


def also(metric: Metric) -> str:
    """Return a metric's other names in parentheses, nothing if it has none."""
    return f" (also {', '.join(escape.code(alias) for alias in metric.aliases)})" if metric.aliases else ""


def audience(metric: Metric) -> str:
    """Return whom a metric is for, in parentheses, nothing if it is for everyone who may ask."""
    return f" ({FOR_PUSH})" if metric.audience == "push" else ""


def fenced(lines: Sequence[str]) -> str:
    """Return lines to be copied as a block of code."""
    return "\n".join(["```", *lines, "```"])
