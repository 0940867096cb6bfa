"""The commands: who is asked for which line, what each does, and what help says of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import cmarkgfm
import pytest

from analytics.metrics import all_metrics
from analytics.window import Window
from handlers import commands
from handlers.command import Command, WhoMay
from handlers.commands import all_commands, command_for
from handlers.commands import help as help_command
from handlers.commands import metric as metric_command
from handlers.grammar import Call, parse
from reports.question import Mistake, Question
from tests.reports.values import METRICS

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass
class Repository:
    id: int = 7
    owner: str = "o"
    name: str = "r"


@dataclass
class Thread:
    """A thread that remembers what was asked and said."""

    now: datetime = NOW
    repository: Repository = field(default_factory=Repository)
    asked: list[Question] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def answer(self, question: Question) -> None:
        self.asked.append(question)

    async def status(self) -> None:
        self.said.append("status")

    async def say(self, markdown: str) -> None:
        self.said.append(markdown)


@pytest.fixture(autouse=True)
def few_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metric_command, "all_metrics", lambda: METRICS)
    monkeypatch.setattr(help_command, "all_metrics", lambda: METRICS)


def call(text: str) -> Call:
    (only,) = parse(text)
    assert isinstance(only, Call)
    return only


async def run(text: str) -> Thread:
    thread = Thread()
    asked = call(text)
    await command_for(asked).run(thread, asked)
    return thread


def test_every_module_is_a_command() -> None:
    assert list(all_commands()) == ["help", "metric", "overview", "status"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("/analytics", "overview"),
        ("/analytics 90d", "overview"),
        ("/analytics 2026-01-01..2026-03-31", "overview"),
        ("/analytics overview 90d", "overview"),
        ("/analytics help", "help"),
        ("/analytics HELP pulls", "help"),
        ("/analytics pulls", "metric"),
        ("/analytics 90d pulls", "metric"),
        ("/analytics nonsense", "metric"),
    ],
)
def test_a_line_finds_its_command(line: str, name: str) -> None:
    assert command_for(call(line)).name == name


@pytest.mark.parametrize("command", all_commands().values(), ids=lambda command: command.name)
async def test_every_example_works(command: Command) -> None:
    for example in command.examples:
        assert command_for(call(example)) is command
        thread = await run(example)
        assert len(thread.asked) + len(thread.said) == 1


async def test_a_question_is_about_the_repository_of_the_thread() -> None:
    thread = await run("/analytics pulls issues 90d")
    assert thread.asked == [Question(("pulls", "issues"), Window.last(90, NOW), 7, "o/r")]


async def test_a_word_that_means_nothing_is_a_mistake() -> None:
    with pytest.raises(Mistake) as caught:
        await run("/analytics pulz")
    assert caught.value.nearest == "pulls"


async def test_help_names_every_command_and_metric_and_who_may() -> None:
    (page,) = (await run("/analytics help")).said
    for command in all_commands().values():
        assert f"`{command.usage}`" in page
        assert command.who_may.value in page
        assert all(example in page for example in command.examples)
    for metric in METRICS.values():
        assert f"| `{metric.name}` |" in page
        assert metric.summary in page
    assert "a short summary (also `prs`, `pull-requests`) |" in page
    assert parse(page) == ()
    html = cmarkgfm.github_flavored_markdown_to_html(page)
    assert html.count("<table>") == 2


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/analytics help pulls", "How pulls are counted. Bots are left out."),
        ("/analytics help prs", "**pulls**, `pulls`: what pulls are, a short summary (also `prs`, `pull-requests`)."),
        ("/analytics help help", "**`/analytics help [command or metric]`** answers with this page"),
        ("/analytics help metric", "Metrics and period may stand in any order."),
        ("/analytics help overview", "overview"),
    ],
)
async def test_help_explains_one_thing(line: str, expected: str) -> None:
    (page,) = (await run(line)).said
    assert expected in page
    assert parse(page) == ()


async def test_help_on_nothing_there_is_names_the_nearest() -> None:
    with pytest.raises(Mistake) as caught:
        await run("/analytics help isues")
    assert caught.value.sentence == "There is no help on `isues`."
    assert caught.value.nearest == "/analytics help issues"


@pytest.mark.parametrize(
    ("who", "association", "is_author", "allowed"),
    [
        (WhoMay.MEMBERS_AND_AUTHOR, "OWNER", False, True),
        (WhoMay.MEMBERS_AND_AUTHOR, "MEMBER", False, True),
        (WhoMay.MEMBERS_AND_AUTHOR, "COLLABORATOR", False, True),
        (WhoMay.MEMBERS_AND_AUTHOR, "CONTRIBUTOR", False, False),
        (WhoMay.MEMBERS_AND_AUTHOR, "NONE", True, True),
        (WhoMay.MEMBERS, "NONE", True, False),
        (WhoMay.EVERYONE, "NONE", False, True),
    ],
)
def test_who_may_is_data(who: WhoMay, association: str, is_author: bool, allowed: bool) -> None:
    assert who.allows(association, is_author=is_author) is allowed


def test_the_name_of_a_command_is_no_metric_but_the_overview() -> None:
    """A metric of a command's name could never be asked for."""
    assert set(commands.all_commands()) & set(all_metrics()) <= {"overview"}
