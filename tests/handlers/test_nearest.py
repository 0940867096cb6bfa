"""What a mistake suggests is no mistake itself: put where the wrong words stood, it makes a question."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.grammar import Call, parse
from reports.mistake import Mistake
from tests.handlers.thread import run

COMMAND = "/analytics"
MOST_REPAIRS = 6  # of one line: each of its words may be wrong

METRICS = ("", "pulls", "pulls issues", "time-to-merge", "waiting", "traffic", "paths", "Pulls", "authors")
PERIODS = (
    "30d", "30D", "60d", "12W", "1y", "2y", "ytd", "all", "2026", "2025", "2026-Q1", "2026-q2", "2025-Q1", "2026-03",
    "2026-W05", "2026-01-01..2026-03-31", "2027", "2027-Q1", "2026-12", "2026-13", "2025-13", "2026-W53", "2026-W54",
    "2026-Q5", "2026-00", "1969", "1960-Q1", "0d", "30", "-30d", "3mo", "2q", "36h", "2years", "999999d", "2026-01-01",
    "2026-01-01..", "2026-Q2..2026-Q1", "2026-02-30", "2026/03", "2026/03/01", "Q1", "Q1 2026", "2026Q1", "W48",
    "last month", "last week", "last quarter", "last year", "this month", "this week", "this year", "last 30 days",
    "30 days", "past month", "yesterday", "today", "week", "forever",
)  # fmt: skip
OPTIONS = (
    "author=octocat", "author=a/b/c", "autor=x", "user=octocat", "author=", "team=core", "team=a/b/c", "label=bug",
    'label="a b"', 'lable="a b"', 'label="open', "base=main", "branch=main", "path=/docs", "path=src", "vs=previous",
    "vs=year", "vs=yaer", "vs=2025", "vs=2027", "vs=90d", "vs=2026-Q5", "vs=ember", "vs=o/other", "vs=o/r", "vs=r",
    "vs=https://github.com/o/other/pulls", "vs=https://github.com/o/r/pulls", "against=o/other", "scope=org",
    "scope=all", "scope=repo", "in=o/other", "in=other", "in=o/r", "repo=other",
    "in=https://github.com/o/other/issues/1",
    "since=2026-01-01", "since=30d", "from=2026-01-01 to=2026-02-01", "since=2026-Q1 until=2026-Q2", "period=3mo",
    "metric=pulls", "--author=octocat", "author:octocat", "label",
)  # fmt: skip
WORDS = ("pulz", "pull requests", "time to merge", "pulls,issues", "hepl", "stauts", "merge", "referrers", "stars")
STARTS = ("", "compare", "export", "export json", "waiting", "comapre")
MOSTLY_NOTHING = st.just("")
TOKENS = re.compile(r'(?:"[^"]*"|\S)+')


async def question_or_mistake(line: str) -> Mistake | None:
    try:
        await run(f"{COMMAND} {line}")
    except Mistake as wrong:
        return wrong
    return None


def repaired(line: str, wrong: Mistake) -> str:
    """Put what is suggested where the wrong words stand; a whole command takes the place of the whole line.

    Of an option the value alone may be what is wrong; `key=value` takes the place of both.
    """
    assert wrong.nearest
    if wrong.nearest.startswith(COMMAND):
        return wrong.nearest.removeprefix(COMMAND).strip()
    assert wrong.word, f"nothing says what of `{line}` is meant"
    whole = wrong.nearest.partition("=")[0] + "=" + wrong.word
    for said in (whole, wrong.word):
        if found := re.search(rf"(?<!\S){re.escape(said)}(?!\S)", line, re.IGNORECASE):
            return line[: found.start()] + wrong.nearest + line[found.end() :]
    tokens = TOKENS.findall(line)
    meant = (
        [token.replace('"', "") for token in TOKENS.findall(wrong.word)] if '"' in wrong.word else wrong.word.split()
    )
    gone = [token for token in tokens if token.replace('"', "") in (*meant, wrong.word) or token in wrong.nearest]
    place = tokens.index(gone[0]) if gone else 0  # a metric that was not said, such as the overview
    return " ".join([*(t for t in tokens[:place] if t not in gone), wrong.nearest,
                     *(t for t in tokens[place:] if t not in gone)])  # fmt: skip


async def repairs(line: str) -> list[str]:
    """Return the line and what comes of it by doing what is suggested, until nothing is wrong or nothing suggested."""
    seen = [line]
    while (wrong := await question_or_mistake(seen[-1])) is not None and wrong.nearest:
        again = repaired(seen[-1], wrong)
        assert again not in seen, f"`{again}` is suggested for `{seen[-1]}`: {wrong.sentence}"
        assert len(seen) <= MOST_REPAIRS, seen
        seen.append(again)
    return seen


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(METRICS),
    st.sampled_from(STARTS) | MOSTLY_NOTHING,
    st.lists(st.sampled_from(PERIODS), max_size=2, unique=True),
    st.lists(st.sampled_from(OPTIONS) | st.sampled_from(WORDS), max_size=2, unique=True),
)
@example("pulls", "", ["30d", "60d"], [])
@example("", "compare", ["1y", "2y"], [])
@example("pulls", "", ["all"], ["vs=2025"])
@example("pulls", "", [], ["scope=org", "in=o/other"])
async def test_doing_what_is_suggested_leads_somewhere(
    metric: str, start: str, periods: list[str], others: list[str]
) -> None:
    """Of several mistakes each is mended by its own suggestion, and none brings back an earlier one."""
    await repairs(" ".join(filter(None, [start, metric, *periods, *others])))


@pytest.mark.parametrize("metric", ["", "pulls"])
@pytest.mark.parametrize("wrong", [*PERIODS, *OPTIONS, *WORDS])
async def test_one_mistake_is_mended_by_its_suggestion(metric: str, wrong: str) -> None:
    line = f"{metric} {wrong}".strip()
    found = await question_or_mistake(line)
    if found is None or not found.nearest:
        return
    (call,) = parse(f"{COMMAND} {repaired(line, found)}")
    assert isinstance(call, Call)
    again = await question_or_mistake(repaired(line, found))
    assert again is None, f"{line} -> {repaired(line, found)}: {again}"


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("pulls 30d 60d", "pulls 30d"),
        ("pulls 30D 12W base=main", "pulls 30D base=main"),
        ("pulls 2026-Q1 2026-Q2 base=main", "compare pulls 2026-Q1 2026-Q2 base=main"),
        ("compare 1y 2y", "compare 1y"),
        ("compare pulls 2026-Q1 2026-Q2 vs=year", "compare pulls 2026-Q1 2026-Q2"),
        ("export pulls 30d 60d", "export pulls 30d"),
        ('issues 30d 60d label="a b",c', 'issues 30d label="a b",c'),
        ("pulls 2y vs=year", "pulls 2y vs=previous"),
        ("pulls all vs=2025", "pulls 1y vs=previous"),
        ("pulls from=2026-01-01 to=2026-02-01", "pulls 2026-01-01..2026-02-01"),
        ("pulls to=2026-02-01 base=main from=2026-01-01", "pulls 2026-01-01..2026-02-01 base=main"),
        ("pulls vs=https://github.com/o/other/pulls", "pulls vs=o/other"),
        ("pulls in=https://github.com/o/other/issues/1", "pulls in=o/other"),
        ("pulls scope=org in=o/other", "pulls in=o/other"),
        ("pulls author=a team=b", "pulls team=b"),
        ("pulls last month", "pulls 2026-10"),
        ("pulls this month", "pulls 2026-11"),
        ("pulls last week", "pulls 2026-W46"),
        ("pulls 2026-13", "pulls 2026-11"),
        ("pulls 2026-W54", "pulls 2026-W47"),
    ],
)
async def test_what_is_suggested(line: str, mended: str) -> None:
    assert (await repairs(line))[-1] == mended
