"""Every command there is: each module of this package ends in `COMMAND = Command(...)` and is found by being here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from handlers.command import Command
from handlers.grammar import Call
from reports.period import looks_like_period


@cache
def all_commands() -> Mapping[str, Command]:
    """Return every command by name, in alphabetical order of their modules."""
    found: dict[str, Command] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        command: Command = importlib.import_module(f"{__name__}.{module.name}").COMMAND
        found[command.name] = command
    return found


def command_for(call: Call) -> Command:
    """Return the command that answers `call`: the one its first word names, else the question its words ask.

    Words that are no command are metrics and a period; without a metric the question is the overview.
    """
    commands = all_commands()
    if call.name in commands:
        return commands[call.name]
    asks_metric = any(not looks_like_period(word.lower()) for word in call.words)
    return commands["metric" if asks_metric else "overview"]
