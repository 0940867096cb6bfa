"""What `/analytics status` says of a repository's settings: where they come from, and every mistake in them. Pure."""

from __future__ import annotations

from analytics.words import number, plural
from reports.configuration import PATH, Configuration, others
from reports.configuration_schema import MOST_FAULTS
from reports.escape import code

MOST = 50  # mistakes, one line each


def settings_block(configuration: Configuration) -> str:
    """Return it as Markdown: one sentence where nothing is wrong, else a list with a remedy in each line."""
    if configuration.source is None:
        return f"**Settings:** the defaults, since there is no {code(PATH)} that Almanac can read."
    extends = "" if configuration.extends is None else f", which extends that of {code(configuration.extends)}"
    if not configuration.faults:
        return f"**Settings:** {configuration.file}{extends}."
    lines = [f"- {fault}" for fault in configuration.faults[:MOST]]
    if len(configuration.faults) > MOST:
        lines.append(f"- and {others(configuration.faults, MOST)} more")
    found = mistakes(len(configuration.faults))
    return f"**{found} in {configuration.file}**{extends}\n\n{chr(10).join(lines)}\n\n{configuration.meanwhile}"


def mistakes(found: int) -> str:
    """Return how many there are; not all are counted where there are many."""
    return f"More than {number(MOST_FAULTS)} mistakes" if found > MOST_FAULTS else plural(found, "mistake")
