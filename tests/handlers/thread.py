"""A thread that remembers what its commands asked and said, instead of answering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from handlers.command import ExportFormat
from handlers.commands import command_for
from handlers.grammar import Call, parse
from reports.question import Question

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass
class Repository:
    id: int = 7
    owner: str = "o"
    name: str = "r"


@dataclass
class Thread:
    """What a command does with it is kept; each does exactly one thing."""

    now: datetime = NOW
    repository: Repository = field(default_factory=Repository)
    asked: list[Question] = field(default_factory=list)
    exported: list[tuple[Question, ExportFormat]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        return len(self.asked) + len(self.exported) + len(self.said)

    async def answer(self, question: Question) -> None:
        self.asked.append(question)

    async def export(self, question: Question, form: ExportFormat) -> None:
        self.exported.append((question, form))

    async def status(self) -> None:
        self.said.append("status")

    async def report(self, words: Sequence[str], options: Sequence[tuple[str, str]], /) -> None:
        self.said.append(f"report {' '.join(words)} {dict(options)}")

    async def say(self, markdown: str) -> None:
        self.said.append(markdown)


def only_call(text: str) -> Call:
    """Return the one command of a comment."""
    (only,) = parse(text)
    assert isinstance(only, Call)
    return only


async def run(text: str) -> Thread:
    """Run the one command of a comment in a thread of its own."""
    thread, call = Thread(), only_call(text)
    await command_for(call).run(thread, call)
    return thread
