"""How words, and the options of the command line, become a question."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.window import BEGINNING, Window
from reports.question import Mistake, Question
from tests.reports.values import METRICS

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def ask(words: str, now: datetime = NOW) -> Question:
    return Question.from_words(words.split(), now=now, repository_id=7, repository="o/r", metrics=METRICS)


def options(since: str | None = None, until: str | None = None, *metrics: str) -> Question:
    return Question.from_options(
        since=since, until=until, metrics=metrics, now=NOW, repository_id=7, repository="o/r", known=METRICS
    )


def wrong(words: str) -> Mistake:
    with pytest.raises(Mistake) as caught:
        ask(words)
    return caught.value


def day(year: int, month: int, day_of_month: int) -> datetime:
    return datetime(year, month, day_of_month, tzinfo=UTC)


def test_nothing_said_is_the_overview_of_the_last_30_days() -> None:
    assert ask("") == Question(("overview",), Window.last(30, NOW), 7, "o/r")


@pytest.mark.parametrize(
    ("words", "names", "window"),
    [
        ("pulls", ("pulls",), Window.last(30, NOW)),
        ("PULLS 90D", ("pulls",), Window.last(90, NOW)),
        ("prs", ("pulls",), Window.last(30, NOW)),
        ("90d pulls issues", ("pulls", "issues"), Window.last(90, NOW)),
        ("pulls prs pulls", ("pulls",), Window.last(30, NOW)),
        ("pulls, issues", ("pulls", "issues"), Window.last(30, NOW)),
        ("`pulls`", ("pulls",), Window.last(30, NOW)),
        ("1d", ("overview",), Window.last(1, NOW)),
        ("12w", ("overview",), Window.last(84, NOW)),
        ("030d", ("overview",), Window.last(30, NOW)),
        ("all", ("overview",), Window(BEGINNING, NOW)),
        ("2026-01-01..2026-03-31", ("overview",), Window(day(2026, 1, 1), day(2026, 4, 1))),
        ("2026-01-01...2026-03-31", ("overview",), Window(day(2026, 1, 1), day(2026, 4, 1))),
        ("2026-01-01…2026-03-31", ("overview",), Window(day(2026, 1, 1), day(2026, 4, 1))),
        ("2026-1-1..2026-1-1", ("overview",), Window(day(2026, 1, 1), day(2026, 1, 2))),
        ("2024-02-29..2024-02-29", ("overview",), Window(day(2024, 2, 29), day(2024, 3, 1))),
        (
            "2026-10-23T08:00:00Z..2026-11-22T08:00:00Z",
            ("overview",),
            Window(NOW - timedelta(days=30), NOW),
        ),
        (
            "2026-01-01..2026-01-02T12:00:00Z",
            ("overview",),
            Window(day(2026, 1, 1), datetime(2026, 1, 2, 12, tzinfo=UTC)),
        ),
    ],
)
def test_words_become_metrics_and_a_window(words: str, names: tuple[str, ...], window: Window) -> None:
    question = ask(words)
    assert (question.metrics, question.window) == (names, window)
    assert question.notes == ()


def test_a_period_that_reaches_into_the_future_ends_now_and_says_so() -> None:
    for words in ("2026-11-01..2026-11-22", "2026-11-01..2027-01-01", "2026-11-01..9999-12-31"):
        question = ask(words)
        assert question.window == Window(day(2026, 11, 1), NOW)
        assert question.notes == ("the end was cut at now, 2026-11-22 08:00 UTC",)


def test_a_period_that_reaches_back_before_1970_is_the_whole_history_and_says_so() -> None:
    question = ask("1961-01-01..2026-03-31")
    assert question.window == Window(BEGINNING, day(2026, 4, 1))
    assert question.notes == ("a beginning before 1 Jan 1970 stands for all history",)
    assert ask("30000d").window == Window(BEGINNING, NOW)
    assert ask("30000d").notes == ("30,000 days reach back before 1 Jan 1970, which stands for all history",)


@pytest.mark.parametrize(
    ("words", "sentence", "nearest"),
    [
        ("pulz", "`pulz` is neither a metric nor a period.", "pulls"),
        ("isseus", "`isseus` is neither a metric nor a period.", "issues"),
        ("merge", "`merge` is neither a metric nor a period.", "time-to-merge"),
        ("review", "`review` is neither a metric nor a period.", "review-matrix"),
        ("time_to_merge", "`time_to_merge` is neither a metric nor a period.", "time-to-merge"),
        ("pull-request", "`pull-request` is neither a metric nor a period.", "pulls"),
        ("hlep", "`hlep` is neither a metric nor a period.", "help"),
        ("xyzzy", "`xyzzy` is neither a metric nor a period.", None),
        ("@octocat", "`@octocat` is neither a metric nor a period.", None),
        ("0d", "`0d` is no time at all; the shortest period is one day.", "1d"),
        ("-30d", "`-30d` is not a period.", "30d"),
        ("30", "`30` is not a period.", "30d"),
        ("2weeks", "`2weeks` is not a period.", "2w"),
        ("week", "`week` is neither a metric nor a period.", "1w"),
        ("--author", "`--author` is neither a metric nor a period.", "author=octocat"),
        ("label", "`label` is neither a metric nor a period.", 'label="good first issue"'),
        ("label: bug", "`label:` is neither a metric nor a period.", 'label="good first issue"'),
        ("99999999d", "`99999999d` is longer than a century; `all` stands for the whole history.", "all"),
        ("9" * 5000 + "d", None, "all"),
        ("1201m", "`1201m` is longer than a century; `all` stands for the whole history.", "all"),
        ("author = octocat", "`=` stands between a key and its value, without spaces.", "author=octocat"),
        ("author =octocat", "`=` stands between a key and its value, without spaces.", "author=octocat"),
        ("author =", "`=` stands between a key and its value, without spaces.", "author=octocat"),
        ("=", "`=` stands between a key and its value, without spaces.", None),
        ("--author=octocat", "`--author=octocat` is neither a metric nor a period.", "author=octocat"),
        ("author:octocat", "`author:octocat` is neither a metric nor a period.", "author=octocat"),
        ("99999w", "`99999w` is longer than a century; `all` stands for the whole history.", "all"),
        (
            "30d 90d",
            "`90d` is one period too many; one command has one, and `compare` two.",
            "/analytics 30d",
        ),
        (
            "2026-Q1 2025-Q1",
            "`2025-Q1` is one period too many; one command has one, and `compare` two.",
            "/analytics compare 2026-Q1 2025-Q1",
        ),
        ("2026-02-30..2026-03-31", "There is no day `2026-02-30`.", None),
        ("2026-13-01..2026-13-31", "There is no day `2026-13-01`.", None),
        ("0000-01-01..2026-01-01", "There is no day `0000-01-01`.", None),
        (
            "2026-03-31..2026-01-01",
            "`2026-03-31..2026-01-01` ends before it begins.",
            "2026-01-01..2026-03-31",
        ),
        ("2027-01-01..2027-02-01", "`2027-01-01..2027-02-01` has not begun yet; now it is 22 Nov 2026.", None),
        ("1960-01-01..1969-12-31", "`1960-01-01..1969-12-31` lies before 1 Jan 1970; periods begin there.", None),
        ("2026-01-01", "`2026-01-01` is a day, not a period.", "2026-01-01..2026-01-01"),
        ("2026-01-01..", "`2026-01-01..` lacks one of its two dates.", "2026-01-01..2026-11-22"),
        ("2026-01-01..soon", "`soon` is not a date; write one as `2026-01-31`.", None),
        ("9999-12-31..9999-12-31", "`9999-12-31..9999-12-31` has not begun yet; now it is 22 Nov 2026.", None),
    ],
)
def test_a_mistake_says_what_was_wrong_and_what_is_near(words: str, sentence: str | None, nearest: str | None) -> None:
    mistake = wrong(words)
    assert sentence is None or mistake.sentence == sentence
    assert mistake.nearest == nearest
    assert mistake.usage.startswith("/analytics [metric …] [")


@settings(max_examples=2_000, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=30), st.text("0123456789-.dwTZ:…+", max_size=25)), max_size=4))
def test_any_words_are_a_question_or_a_mistake(words: list[str]) -> None:
    try:
        question = Question.from_words(words, now=NOW, repository_id=7, repository="o/r", metrics=METRICS)
    except Mistake:
        return
    assert BEGINNING <= question.window.since < question.window.until <= NOW


@pytest.mark.parametrize(
    ("since", "until", "window"),
    [
        (None, None, Window.last(30, NOW)),
        ("2026-01-01", "2026-04-01", Window(day(2026, 1, 1), day(2026, 4, 1))),
        ("2026-01-01T08:30:00Z", None, Window(datetime(2026, 1, 1, 8, 30, tzinfo=UTC), NOW)),
        ("2026-01-01T08:30:00+02:00", None, Window(datetime(2026, 1, 1, 6, 30, tzinfo=UTC), NOW)),
        ("90d", None, Window.last(90, NOW)),
        ("90d", "2026-04-01", Window.last(90, day(2026, 4, 1))),
        ("12w", "30d", Window.last(84, NOW - timedelta(days=30))),
        ("all", None, Window(BEGINNING, NOW)),
        ("6m", None, Window(datetime(2026, 5, 22, 8, tzinfo=UTC), NOW)),
        ("1m", "2026-03-31", Window(day(2026, 2, 28), day(2026, 3, 31))),
        ("ytd", None, Window(day(2026, 1, 1), NOW)),
    ],
)
def test_options_are_instants(since: str | None, until: str | None, window: Window) -> None:
    assert options(since, until).window == window


def test_options_without_a_metric_ask_for_all_of_them() -> None:
    assert options().metrics == tuple(METRICS)
    assert options(None, None, "prs", "issues").metrics == ("pulls", "issues")


def test_options_that_end_before_they_begin_are_a_mistake() -> None:
    with pytest.raises(
        Mistake, match="must begin before it ends; 2026-04-01T00:00:00Z is not before 2026-01-01T00:00:00Z"
    ):
        options("2026-04-01", "2026-01-01")
    with pytest.raises(Mistake, match=r"`2026-Q1` is a stretch of time; .* Did you mean `2026-01-01`"):
        options("2026-Q1")
    with pytest.raises(Mistake, match="`sometime` is not a period"):
        options("sometime")
    with pytest.raises(Mistake, match="Did you mean `pulls`"):
        options(None, None, "pulz")


def test_the_seed_is_the_same_for_the_same_repository_and_window_only() -> None:
    assert ask("pulls 90d").seed == ask("issues 90d").seed
    assert ask("90d").seed != ask("91d").seed
    assert ask("90d").seed == 15943206508999032806


def test_the_whole_history_has_no_period_before_it() -> None:
    assert ask("all").previous is None
    assert ask("30d").previous == Window(NOW - timedelta(days=60), NOW - timedelta(days=30))


def test_a_question_travels_between_processes() -> None:
    assert pickle.loads(pickle.dumps(ask("pulls 90d"))) == ask("pulls 90d")
