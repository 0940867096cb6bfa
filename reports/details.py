"""The folded part of an answer: every number, what each means, and how to ask for the same again."""

from __future__ import annotations

from reports import asking_again, escape, when
from reports.answer import Answer, Section
from reports.question import Question
from reports.room import Room
from reports.table import fact, grid, label, table

DRAWN = frozenset({"matrix", "weekday_hour"})  # hundreds of cells, most of them zeros
SUMMARY = "Numbers, definitions, how to repeat this"


def block(answer: Answer, room: Room) -> str:
    """Return the `<details>` block; blank lines around the tags let GitHub read what is inside as Markdown."""
    now = when.name(answer.question.window, answer.as_of)
    parts = [part for section in answer.sections for part in section_parts(section, now, room)]
    body = "\n\n".join([*parts, repeat(answer.question)])
    return f"<details><summary>{SUMMARY}</summary>\n\n{body}\n\n</details>"


def section_parts(section: Section, now: str, room: Room) -> list[str]:
    """Return definition, facts and data tables of one metric."""
    parts = [f"**{escape.text(section.title)}.** {escape.text(section.definition)}"]
    if all(value is None for value in section.now.facts.values()):
        return parts  # a table of dashes says no more than the finding
    facts = list(section.now.facts.items())[: room.facts]
    if facts:
        before = section.before.facts if section.before else None
        rows = [
            [
                label(key, section.labels),
                fact(key, value),
                *([fact(key, before.get(key))] if before is not None else []),
            ]
            for key, value in facts
        ]
        parts.append(table([" ", now, *(["before"] if before is not None else [])], rows, numbers=[1, 2]))
    return [*parts, *(grid(key, data, room.rows) for key, data in section.now.tables.items() if not elsewhere(key))]


def elsewhere(key: str) -> bool:
    """Tell whether a table is read better elsewhere: in a picture, or in the answer of the overview's part."""
    return key in DRAWN or "." in key


def repeat(question: Question) -> str:
    """Return the commands that ask exactly this question again, in a comment and in a terminal."""
    commands = "\n".join([asking_again.in_comment(question), *asking_again.in_terminal(question)])
    return f"To ask exactly this again:\n\n```\n{commands}\n```"
