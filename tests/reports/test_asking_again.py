"""What an answer says to repeat it: read again, even much later, it is the same question."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from analytics.metrics import all_metrics
from handlers.commands.compare import USAGE as COMPARE_USAGE
from handlers.grammar import Call, parse
from reports.details import repeat
from reports.options import KEYS
from reports.period import FORMS
from reports.question import Mistake, Question

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LATER = datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC)


def ask(line: str, now: datetime = NOW) -> Question:
    (call,) = parse(line)
    assert isinstance(call, Call)
    compare = call.name == "compare"
    return Question.from_words(
        call.words[compare:],
        call.options,
        now=now,
        repository_id=7,
        repository="acme/app",
        metrics=all_metrics(),
        compare=compare,
        usage=COMPARE_USAGE,
    )


def lines(question: Question) -> list[str]:
    return re.findall(r"^(?:/analytics|python).*$", repeat(question), re.MULTILINE)


@pytest.mark.parametrize(
    ("line", "again"),
    [
        ("/analytics 2026-Q1", "/analytics overview 2026-01-01..2026-03-31"),
        (
            '/analytics issues 2026 label=bug,"good first issue" author=@Octocat vs=year',
            '/analytics issues 2026-01-01..2026-11-22T08:00:00Z author=octocat label=bug,"good first issue" vs=year',
        ),
        (
            "/analytics pulls 2026-03 team=core scope=org",
            "/analytics pulls 2026-03-01..2026-03-31 team=acme/core scope=org",
        ),
        (
            "/analytics pulls 2026-03 vs=2025-03 in=acme/other",
            "/analytics pulls 2026-03-01..2026-03-31 in=acme/other vs=2025-03-01..2025-03-31",
        ),
        (
            "/analytics compare pulls 2026-03 2025-03",
            "/analytics compare pulls 2025-03-01..2025-03-31 2026-03-01..2026-03-31",
        ),
        ("/analytics compare 2026-03 vs=o/r", "/analytics compare overview 2026-03-01..2026-03-31 vs=o/r"),
        ("/analytics paths 2026-03 path=docs", "/analytics paths 2026-03-01..2026-03-31 path=/docs"),
    ],
)
def test_the_line_says_everything_that_was_asked(line: str, again: str) -> None:
    assert lines(ask(line))[0] == again


def values() -> st.SearchStrategy[str]:
    """Values with spaces, commas, quotation marks and everything else that people put into labels."""
    return st.one_of(
        st.text("ab ,\"'`=@/[]\u201c\u00a0\u2003-", min_size=1, max_size=8), st.text(min_size=1, max_size=8)
    )


def option(key: str) -> st.SearchStrategy[str]:
    """Return ways to write one key: its own examples, which mean something, and any values."""
    examples = [f"{key}={way}" for way in KEYS[key].partition("=")[2].split("|")]
    anything = st.lists(values(), min_size=1, max_size=3)
    quoted = anything.map(lambda found: f"{key}=" + ",".join(f'"{value}"' for value in found))
    bare = anything.map(lambda found: f"{key}=" + ",".join(found))
    return st.one_of(st.sampled_from(examples), quoted, bare)


QUESTIONS = st.builds(
    lambda compare, metrics, periods, options: " ".join(["/analytics", *compare, *metrics, *periods, *options]),
    st.sampled_from([[], ["compare"]]),
    st.lists(st.sampled_from(["pulls", "time-to-merge", "overview", "issues", "paths", "traffic"]), max_size=2),
    st.lists(st.sampled_from([*FORMS, "2025", "2025-Q1", "2026-11-20..2026-11-22"]), max_size=2),
    st.lists(st.sampled_from(list(KEYS)).flatmap(option), max_size=3),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(QUESTIONS)
def test_read_again_much_later_it_is_the_same_question(line: str) -> None:
    assume([type(call) for call in parse(line)] == [Call])
    try:
        question = ask(line)
    except Mistake:
        reject()
    again = ask(lines(question)[0], LATER)
    assert again == question
    assert again.seed == question.seed


def test_a_terminal_is_told_what_it_can_do_and_no_more() -> None:
    options = 'author=octocat label="good first issue" base=main vs=year'
    (_, terminal) = lines(ask(f"/analytics pulls 2026-03 {options}"))
    assert terminal == (
        "python -m bot report acme/app --since 2026-03-01T00:00:00Z --until 2026-04-01T00:00:00Z --metric pulls "
        "--author octocat --label '\"good first issue\"' --base main --vs year"
    )
    for only_in_a_comment in ("team=core", "scope=org", "vs=o/r", "vs=2025-03"):
        assert len(lines(ask(f"/analytics pulls 2026-03 {only_in_a_comment}"))) == 1
    assert len(lines(ask("/analytics paths 2026-03 path=/docs"))) == 1
    assert lines(ask("/analytics paths 2026-03"))[1].startswith(
        "python -m bot export paths acme/app --since 2026-03-01"
    )


def test_the_members_of_a_team_are_not_named() -> None:
    asked = ask("/analytics pulls 2026-03 team=core")
    known = replace(asked, filters=replace(asked.filters, authors=("octocat", "hubot")))
    assert repeat(known) == repeat(asked)
