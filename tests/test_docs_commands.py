"""docs/commands.md is what the code does: its commands, who may use them, its periods and keys, and its examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics.filters import APPLIES_TO
from analytics.tables import DATASET_NOUNS
from handlers.commands import all_commands
from reports.mistake import Mistake
from reports.options import KEYS, MEANINGS
from reports.period import FORMS, period
from tests.handlers.thread import NOW, run

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/commands.md").read_text()
ROW = re.compile(r"^\| `([^`]+)` \|(.*)\|$", re.MULTILINE)
FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^/analytics(?! \[).*$", re.MULTILINE)
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def rows(section: str) -> dict[str, list[str]]:
    """Return the rows of a section's table, by what their first cell has in code."""
    (text,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    unescaped = [(first.replace("\\|", "|"), rest.replace("\\|", "/")) for first, rest in ROW.findall(text)]
    return {first: [cell.strip() for cell in rest.split("|")] for first, rest in unescaped}


def test_every_command_is_there_with_what_it_answers_and_who_may() -> None:
    commands = sorted(all_commands().values(), key=lambda command: command.place)
    table = rows("Commands")
    assert list(table) == [command.usage for command in commands]
    said = [table[command.usage] for command in commands]
    assert [summary for summary, _ in said] == [command.summary for command in commands]
    who = [said[0][1]]
    for _, same_or_other in said[1:]:
        who.append(who[-1] if same_or_other == "the same" else same_or_other)
    assert who == [command.who for command in commands]


def test_every_period_is_there_and_no_other() -> None:
    assert {form: [meaning] for form, meaning in FORMS.items()} == rows("Periods")
    for form in rows("Periods"):
        assert period(form.casefold(), NOW).window.until <= NOW


def test_every_key_is_there_with_what_it_narrows() -> None:
    table = rows("Keys")
    assert list(table) == list(KEYS.values())
    for key, usage in KEYS.items():
        meaning, narrows = table[usage]
        assert meaning == MEANINGS[key]
        datasets = {dataset for dataset, noun in DATASET_NOUNS.items() if f"{noun}s" in narrows.split(", ")}
        assert datasets == APPLIES_TO.get(key, frozenset())


def examples() -> list[str]:
    """Return every command that a document shows as a whole line of code."""
    blocks = [block for document in DOCUMENTS for block in FENCED.findall(document.read_text())]
    return sorted({line for block in blocks for line in EXAMPLE.findall(block)})


@pytest.mark.parametrize("line", examples())
async def test_every_example_of_a_document_is_a_question(line: str) -> None:
    try:
        thread = await run(line)
    except Mistake as wrong:
        pytest.fail(str(wrong))
    assert thread.done == 1


def test_there_are_examples() -> None:
    assert len(examples()) >= 8
