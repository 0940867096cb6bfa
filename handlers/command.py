"""A command and everything there is to say about it in one value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Literal, Protocol

from handlers.grammar import Call
from reports.question import Question

ExportFormat = Literal["csv", "json"]

# What GitHub calls `author_association` of those who belong to a repository.
MEMBERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


class WhoMay(Enum):
    """Who may use a command; the value is how help says it."""

    EVERYONE = "everyone"
    MEMBERS_AND_AUTHOR = "members and collaborators, and the thread's author three times an hour"
    MEMBERS = "members and collaborators"
    MEMBERS_ALONE = "members and collaborators, whatever the configuration says"
    """`who_may: everyone` does not widen it: a file under an address, or what tells of the installation."""

    def allows(self, association: str, *, is_author: bool) -> bool:
        """Return whether somebody with this `author_association` may; `is_author` means of the thread."""
        if self is WhoMay.EVERYONE or association.upper() in MEMBERS:
            return True
        return self is WhoMay.MEMBERS_AND_AUTHOR and is_author


class AskedRepository(Protocol):
    """What a command needs to know of the repository it was asked in."""

    @property
    def id(self) -> int: ...

    @property
    def owner(self) -> str: ...

    @property
    def name(self) -> str: ...


class Context(Protocol):
    """What a command can do: answer a question or say something; both become parts of the one answering comment."""

    @property
    def now(self) -> datetime: ...

    @property
    def repository(self) -> AskedRepository: ...

    async def answer(self, question: Question) -> None:
        """Answer `question` in this command's part of the comment."""

    async def export(self, question: Question, form: ExportFormat, /) -> None:
        """Say in this command's part of the comment where `question`'s numbers can be fetched as a file."""

    async def status(self) -> None:
        """Say in this command's part of the comment what is stored and what went wrong."""

    async def report(self, words: Sequence[str], options: Sequence[tuple[str, str]], /) -> None:
        """Do what is wanted of periodic reports, and say in this command's part of the comment what is so then."""

    async def say(self, markdown: str) -> None:
        """Put `markdown`, harmless already, into this command's part of the comment."""


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command.

    name: what its first word is, unless `usage` shows otherwise · usage: how it is written · summary: one line, no full
    stop · help: a few sentences · examples: whole lines that work · run(context, call): does it, raises
    `reports.mistake.Mistake` for what the person got wrong · place: where it stands in help, lowest first.
    """

    name: str
    usage: str
    summary: str
    help: str
    who_may: WhoMay
    examples: tuple[str, ...]
    run: Callable[[Context, Call], Awaitable[None]]
    place: int = 9

    @property
    def who(self) -> str:
        """Who may use it, as help says it."""
        return self.who_may.value
