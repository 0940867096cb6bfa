"""The commands: who is asked for which line, what each does, and what help says of them."""

from __future__ import annotations

from dataclasses import replace
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
from handlers.grammar import parse
from reports.options import KEYS
from reports.period import FORMS
from reports.question import Against, Mistake, Question
from tests.handlers.thread import NOW, only_call, run
from tests.reports.values import METRICS as SOME
from tests.reports.values import metric

NEEDS = {"issues": {"issues"}, "commits": {"commits"}, "overview": {"pulls", "issues"}, "traffic": {"traffic"}}
METRICS = {
    name: replace(one, needs=frozenset(NEEDS.get(name, {"pulls"})))
    for name, one in {**SOME, "waiting": metric("waiting")}.items()
}


@pytest.fixture(autouse=True)
def few_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metric_command, "all_metrics", lambda: METRICS)
    monkeypatch.setattr(help_command, "all_metrics", lambda: METRICS)


def test_every_module_is_a_command() -> None:
    assert list(all_commands()) == ["compare", "export", "help", "metric", "overview", "report", "status", "waiting"]


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
        ("/analytics vs=year", "overview"),
        ("/analytics 2026-Q1 author=x", "overview"),
        ("/analytics ytd", "overview"),
        ("/analytics vs=year pulls", "metric"),
        ("/analytics compare 2026-Q1 2026-Q2", "compare"),
        ("/analytics author=x Compare pulls", "compare"),
        ("/analytics export json", "export"),
        ("/analytics waiting label=bug", "waiting"),
        ("/analytics report weekly on=monday", "report"),
        ("/analytics status", "status"),
    ],
)
def test_a_line_finds_its_command(line: str, name: str) -> None:
    assert command_for(only_call(line)).name == name


@pytest.mark.parametrize("command", all_commands().values(), ids=lambda command: command.name)
async def test_every_example_works(command: Command) -> None:
    for example in command.examples:
        assert command_for(only_call(example)) is command
        thread = await run(example)
        assert thread.done == 1


async def test_a_question_is_about_the_repository_of_the_thread() -> None:
    thread = await run("/analytics pulls issues 90d")
    assert thread.asked == [Question(("pulls", "issues"), Window.last(90, NOW), 7, "o/r")]


async def test_the_word_metric_may_stand_before_a_metric() -> None:
    assert (await run("/analytics metric pulls")).asked == (await run("/analytics pulls")).asked


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
    for one in METRICS.values():
        assert f"\n- `{one.name}` {one.summary}" in page
    assert "a short summary (also `prs`, `pull-requests`)\n" in page
    for form in FORMS:
        assert f"`{form}`" in page
    for key in KEYS.values():
        assert f"\n- `{key}` " in page
    assert parse(page) == ()
    html = cmarkgfm.github_flavored_markdown_to_html(page)
    assert html.count("<table>") == 0, "a table is wider than a phone"
    assert html.count("<li>") == len(all_commands()) + len(METRICS) + len(KEYS) + 3


async def test_help_says_who_may_do_what() -> None:
    (page,) = (await run("/analytics help")).said
    assert (
        "\n- `report`: members and collaborators\n"
        "- `export`, `status`: members and collaborators, whatever the configuration says\n"
        "- everything else: members and collaborators, and the thread's author three times an hour\n"
    ) in page


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/analytics help pulls", "How pulls are counted. Bots are left out."),
        ("/analytics help prs", "**pulls**, `pulls`: what pulls are, a short summary (also `prs`, `pull-requests`)."),
        ("/analytics help help", "**`/analytics help [command, metric or key]`** answers with this page"),
        ("/analytics help metric", "Metrics, period and keys may stand in any order."),
        ("/analytics help compare", "Who may: members and collaborators, and the thread's author three times an hour."),
        ("/analytics help export", "Who may: members and collaborators, whatever the configuration says."),
        ("/analytics help status", "Who may: members and collaborators, whatever the configuration says."),
        ("/analytics help report", "Who may: members and collaborators."),
        ("/analytics help vs", "/analytics pulls 6m vs=OWNER/REPO"),
        ("/analytics help vs=", "compare with the period before"),
        ("/analytics help label=bug", 'label="good first issue"'),
        ("/analytics help periods", "- `2026-W05` an ISO week"),
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
        (WhoMay.MEMBERS_ALONE, "COLLABORATOR", False, True),
        (WhoMay.MEMBERS_ALONE, "NONE", True, False),
        (WhoMay.EVERYONE, "NONE", False, True),
    ],
)
def test_who_may_is_data(who: WhoMay, association: str, is_author: bool, allowed: bool) -> None:
    assert who.allows(association, is_author=is_author) is allowed


def test_the_name_of_a_command_is_no_metric_but_the_overview() -> None:
    """A metric of a command's name could never be asked for."""
    assert set(commands.all_commands()) & set(all_metrics()) <= {"overview", "waiting"}


async def test_two_periods_are_compared_the_earlier_is_the_one_before() -> None:
    first, second = Window(utc(2026, 1), utc(2026, 4)), Window(utc(2026, 4), utc(2026, 7))
    expected = Question(("pulls",), second, 7, "o/r", against=Against("window", window=first), compare=True)
    for line in ("compare pulls 2026-Q1 2026-Q2", "compare 2026-Q2 pulls 2026-Q1"):
        assert (await run(f"/analytics {line}")).asked == [expected]


@pytest.mark.parametrize(
    ("line", "against"),
    [
        ("compare 90d", Against()),
        ("compare", Against()),
        ("compare 90d vs=previous", Against()),
        ("compare 90d vs=year", Against("year")),
        ("compare 90d vs=o/other", Against("repository", repository="o/other")),
    ],
)
async def test_one_period_is_compared_with_the_one_before_or_what_vs_says(line: str, against: Against) -> None:
    (question,) = (await run(f"/analytics {line}")).asked
    assert (question.against, question.compare, question.metrics) == (against, True, ("overview",))


@pytest.mark.parametrize(
    ("line", "sentence", "nearest"),
    [
        (
            "compare 2026-Q1 2026-Q2 2026-Q3",
            "`2026-Q3` is one period too many; `compare` has two periods.",
            "/analytics compare 2026-Q1 2026-Q2",
        ),
        (
            "compare 30d 90d",
            "The two periods overlap; what is compared has no days in common.",
            "/analytics compare 30d",
        ),
        ("compare 2026-Q1 2026-Q1", "`2026-Q1` is said twice.", None),
        (
            "compare 2026-Q1 2026-Q2 vs=year",
            "Two periods are compared with each other; `vs=` would be a third.",
            "/analytics compare 2026-Q1 2026-Q2",
        ),
        (
            "compare all",
            "Nothing lies before the whole history, so nothing can be compared with it.",
            "/analytics compare 1y",
        ),
        (
            "pulls 2026-Q1 2026-Q2",
            "`2026-Q2` is one period too many; one command has one, and `compare` two.",
            "/analytics compare pulls 2026-Q1 2026-Q2",
        ),
        ("pulls compare 90d", "`compare` is a command of its own: it comes first.", "/analytics compare"),
        ("pulls help", "`help` is a command of its own: it comes first.", "/analytics help"),
        ("comapre 90d", "`comapre` is neither a metric nor a period.", "compare"),
        ("stauts", "`stauts` is neither a metric nor a period.", "status"),
        ("export xlsx", "`xlsx` is no format of an export.", "csv"),
        ("export csv json", "One export has one format.", "/analytics export csv"),
        ("export pulz", "`pulz` is neither a metric nor a period.", "pulls"),
        ("status now", "`status` takes no further words.", "/analytics status"),
        ("status in=o/other", "`status` takes no further words.", "/analytics status"),
    ],
)
async def test_a_mistake_names_what_would_be_right(line: str, sentence: str, nearest: str | None) -> None:
    with pytest.raises(Mistake) as caught:
        await run(f"/analytics {line}")
    assert (caught.value.sentence, caught.value.nearest) == (sentence, nearest)
    assert caught.value.usage.startswith("/analytics")


@pytest.mark.parametrize(
    ("line", "metrics", "form"),
    [
        ("export", ("overview",), "csv"),
        ("export pulls issues 90d JSON", ("pulls", "issues"), "json"),
        ("export `csv` pulls", ("pulls",), "csv"),
        ("export json json", ("overview",), "json"),
    ],
)
async def test_an_export_is_a_question_and_a_format(line: str, metrics: tuple[str, ...], form: str) -> None:
    ((question, said),) = (await run(f"/analytics {line}")).exported
    assert (question.metrics, said) == (metrics, form)


async def test_waiting_is_the_metric_of_that_name() -> None:
    (question,) = (await run("/analytics waiting")).asked
    assert question.metrics == ("waiting",)


def utc(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)
