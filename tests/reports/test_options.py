"""`key=value` in a question: what narrows it, what it is compared with, where it is asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analytics.filters import APPLIES_TO, Filters
from analytics.metrics import all_metrics
from analytics.window import Window
from handlers.grammar import Call, parse
from reports.options import KEYS, MEANINGS
from reports.question import Against, Mistake, Question

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def ask(line: str) -> Question:
    (call,) = parse(f"/analytics {line}")
    assert isinstance(call, Call)
    return Question.from_words(
        call.words, call.options, now=NOW, repository_id=7, repository="Acme/app", metrics=all_metrics()
    )


def wrong(line: str) -> Mistake:
    with pytest.raises(Mistake) as caught:
        ask(line)
    return caught.value


@pytest.mark.parametrize(
    ("line", "filters"),
    [
        ("pulls author=OctoCat", Filters(authors=("octocat",))),
        ("pulls author=@octocat,hubot author=octocat", Filters(authors=("octocat", "hubot"))),
        ("pulls author=dependabot[bot]", Filters(authors=("dependabot[bot]",))),
        ("pulls author=app/dependabot", Filters(authors=("dependabot[bot]",))),
        ("pulls author=some_one_corp", Filters(authors=("some_one_corp",))),
        ("pulls author=`octocat`", Filters(authors=("octocat",))),
        ("pulls team=@Acme/Core", Filters(teams=("@acme/core",))),
        ("pulls team=acme/core,other/docs", Filters(teams=("@acme/core", "@other/docs"))),
        ("pulls team=core", Filters(teams=("@acme/core",))),
        ("issues label=Bug,bug,regression", Filters(labels=("Bug", "regression"))),
        ('issues label="good first issue",bug', Filters(labels=("good first issue", "bug"))),
        ('issues label="a, b",c,', Filters(labels=("a, b", "c"))),
        ("pulls base=main base=release/1.x", Filters(bases=("main", "release/1.x"))),
        ("pulls BASE=Main", Filters(bases=("Main",))),
        ("paths path=/docs,blog", Filters(paths=("/docs", "/blog"))),
        ("pulls author=a label=b base=c", Filters(authors=("a",), labels=("b",), bases=("c",))),
    ],
)
def test_filters(line: str, filters: Filters) -> None:
    assert ask(line).filters == filters


@pytest.mark.parametrize(
    ("line", "against"),
    [
        ("pulls", Against()),
        ("pulls vs=previous", Against()),
        ("pulls vs=Year", Against("year")),
        ("pulls vs=acme/other", Against("repository", repository="acme/other")),
        ("pulls vs=3scale/porta", Against("repository", repository="3scale/porta")),
        (
            "pulls vs=2025-Q1",
            Against("window", window=Window(datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC))),
        ),
    ],
)
def test_vs_says_what_to_compare_with(line: str, against: Against) -> None:
    assert ask(line).against == against


@pytest.mark.parametrize(
    ("line", "metrics", "whole"),
    [
        ("traffic scope=org", ("org-traffic",), False),
        ("Traffic SCOPE=Organisation 90d", ("org-traffic",), False),
        ("views scope=organization", ("org-traffic",), False),
        ("org-traffic", ("org-traffic",), False),
        ("traffic org-traffic scope=org", ("org-traffic",), False),
        ("scope=org", ("overview",), True),
        ("pulls issues scope=org", ("pulls", "issues"), True),
        ("traffic pulls scope=org", ("org-traffic", "pulls"), True),
        ("traffic scope=repository", ("traffic",), False),
        ("scope=repo", ("overview",), False),
    ],
)
def test_scope_asks_all_repositories_together(line: str, metrics: tuple[str, ...], whole: bool) -> None:
    question = ask(line)
    assert (question.metrics, question.whole_organisation) == (metrics, whole)


@pytest.mark.parametrize(
    ("line", "elsewhere"),
    [("pulls in=acme/other", "acme/other"), ("pulls in=ACME/APP", ""), ("pulls in=other/app", "other/app")],
)
def test_in_names_another_repository_for_whoever_looks_it_up(line: str, elsewhere: str) -> None:
    question = ask(line)
    assert question.elsewhere == elsewhere
    assert (question.repository_id, question.repository) == (7, "Acme/app")


def test_a_team_without_its_organisation_is_the_one_of_the_repository_that_is_asked_about() -> None:
    assert ask("pulls team=core in=other/app").filters.teams == ("@other/core",)


def test_what_a_filter_leaves_whole_is_said() -> None:
    assert ask("overview base=main").notes == ("base= does not narrow commits and issues",)
    assert ask("pulls base=main").notes == ()


@pytest.mark.parametrize(
    ("line", "sentence", "nearest"),
    [
        ("pulls autor=x", None, "author=x"),
        ("pulls branch=main", None, "base=main"),
        ("pulls repo=o/r", None, "in=o/r"),
        ('pulls lable="a b"', None, 'label="a b"'),
        ("pulls xyzzy=1", None, None),
        ("pulls author=", "`author=` has no value; it stands right after the sign.", "author=octocat"),
        ('pulls label=""', "`label=` has no value; it stands right after the sign.", 'label="good first issue"'),
        ("pulls label=,", "`label=` has no value; it stands right after the sign.", 'label="good first issue"'),
        (
            'issues label="open',
            '`label="open` has a quotation mark that is not closed, or within the value.',
            'label="open"',
        ),
        ("pulls author=a/b/c", "`a/b/c` cannot be a login.", "author=octocat"),
        ("pulls author=@me", "`@me` is not known here; write your login.", None),
        ("pulls team=a/b/c", "`a/b/c` cannot be a team.", "team=@org/name"),
        ("pulls author=a team=b", "`author=` and `team=` are asked one at a time.", "team=b"),
        ("pulls vs=yaer", "`vs=yaer` is nothing to compare with.", "vs=year"),
        ("pulls vs=xyzzy", "`vs=xyzzy` is nothing to compare with.", "vs=Acme/xyzzy"),
        ("pulls vs=a/b/c", "`a/b/c` is no repository's full name.", None),
        ("pulls vs=a/..", "`a/..` is no repository's full name.", None),
        (
            "pulls vs=acme/APP",
            "`acme/APP` is the repository that is asked about; it cannot be compared with itself.",
            "vs=previous",
        ),
        ("pulls vs=year vs=previous", "`vs=` is said twice; one command has one.", None),
        ("pulls vs=year,previous", "`vs=` is said twice; one command has one.", None),
        ("pulls in=a/b in=a/b", "`in=` is said twice; one command has one.", None),
        ("pulls scope=repo scope=org", "`scope=` is said twice; one command has one.", None),
        ("pulls 30d vs=90d", "The two periods overlap; what is compared has no days in common.", "vs=previous"),
        ("pulls 2y vs=year", "The two periods overlap; what is compared has no days in common.", "vs=previous"),
        (
            "pulls all vs=year",
            "Nothing lies before the whole history, so `vs=year` has nothing to compare with.",
            "/analytics pulls 1y vs=year",
        ),
        ("pulls in=other", "`other` is no repository's full name.", "in=Acme/other"),
        ("pulls scope=all", "`scope=all` is no scope: there is `scope=org`, all repositories together.", "scope=org"),
        (
            "referrers scope=org",
            "`referrers` is asked of one repository: GitHub's figures of several cannot be added up.",
            "traffic scope=org",
        ),
        (
            "pulls scope=org in=a/b",
            "`scope=org` asks all repositories together, and `in=` one of them.",
            "in=a/b",
        ),
        (
            "pulls scope=org vs=a/b",
            "`scope=org` asks all repositories together, and `vs=` one of them.",
            "vs=a/b",
        ),
        (
            "pulls path=/docs",
            "`path=` cannot narrow `pulls`; it filters `paths`; which files a pull request touches is not stored.",
            "paths path=/docs",
        ),
        ("traffic author=a", None, "authors author=a"),
        ("pulls issues base=main", None, None),
        ("commits label=bug", None, None),
    ],
)
def test_a_mistake_says_what_would_be_right(line: str, sentence: str | None, nearest: str | None) -> None:
    mistake = wrong(line)
    assert sentence is None or mistake.sentence == sentence
    assert nearest is None or mistake.nearest == nearest
    assert mistake.usage.startswith("/analytics ")


REPAIRS = [
    ("pulls vs=2027", "pulls vs=year"),
    ("pulls vs=2026-Q5", "pulls vs=year"),
    ("pulls vs=2025-Q7", "pulls vs=2025-Q4"),
    ("pulls vs=3mo", "pulls vs=year"),
    ("pulls vs=0", "pulls vs=year"),
    ("pulls vs=ember", "pulls vs=Acme/ember"),
    ("pulls vs=app", "pulls vs=previous"),
    ("pulls in=ember", "pulls in=Acme/ember"),
    ("pulls since=2026-01-01", "pulls 2026-01-01..2026-11-22"),
    ("pulls period=30d", "pulls 30d"),
    ("pulls period=3mo", "pulls 3m"),
    ("metric=PRs", "pulls"),
    ("metrics=pulls,issues", "pulls issues"),
    ("last=30d pulls", "30d pulls"),
    ("pulls,issues", "pulls issues"),
    ("puls,isues 90d", "pulls issues 90d"),
    ("time to merge", "time-to-merge"),
    ("Time To Merge 6m", "time-to-merge 6m"),
    ("pulls 2026-01-01..", "pulls 2026-01-01..2026-11-22"),
    ("pulls 2026-Q5", "pulls 2026-Q4"),
    ("pulls 2026-13", "pulls 2026-11"),
    ("pulls 2026/03/01", "pulls 2026-03-01..2026-03-01"),
    ("pulls Q1", "pulls 2026-Q1"),
    ("pulls last 30 days", "pulls 30d"),
    ("pulls 30 days", "pulls 30d"),
    ("pulls last month", "pulls 2026-10"),
    ("pulls Q1 2026", "pulls 2026-Q1"),
    ("pulls yesterday", "pulls 2026-11-21..2026-11-21"),
    ("pulls 0", "pulls 1d"),
    ("commits label=bug", "pulls label=bug"),
    ('commits label="good first issue",bug', 'pulls label="good first issue",bug label="good first issue",bug'),
    ("traffic team=core", "authors team=Acme/core"),
    ("pulls user=octocat", "pulls author=octocat"),
    ("pulls user=a/b/c", "pulls author=octocat"),
    ("pulls autor=", "pulls author=octocat"),
    ("pulls compare=ember", "pulls vs=Acme/ember"),
    ("waiting 30d", "/analytics waiting"),
    ("waiting vs=year", "/analytics waiting"),
]


@pytest.mark.parametrize(("line", "repaired"), REPAIRS)
def test_what_is_suggested_stands_in_place_of_what_was_wrong_and_is_right(line: str, repaired: str) -> None:
    mistake = wrong(line)
    assert mistake.nearest is not None
    assert mistake.word in line
    suggested = mistake.nearest
    if not suggested.startswith("/analytics "):
        suggested = line.replace(mistake.word, mistake.nearest)
    if repaired.count("label=") == 0 and repaired.count("team=") == 0:
        assert suggested == repaired
    ask(suggested.removeprefix("/analytics "))


@pytest.mark.parametrize("line", ["pulls", "waiting author=octocat", "pulls waiting 30d", "waiting pulls vs=year"])
def test_what_waits_beside_something_that_has_a_period_is_a_question(line: str) -> None:
    ask(line)


@pytest.mark.parametrize("line", ["waiting 30d", "2026-Q1 waiting", "waiting vs=year", "waiting vs=acme/other"])
def test_what_waits_has_no_period(line: str) -> None:
    mistake = wrong(line)
    assert mistake.sentence == "`waiting` is about what waits now; it has no period and nothing to compare with."
    assert mistake.usage == "/analytics waiting [key=value …]"


@pytest.mark.parametrize(
    "value",
    ["acme/other", "https://github.com/acme/other", "https://github.com/acme/other/", "github.com/acme/other",
     "http://github.example.com/acme/other.git", "acme/other/"],
)  # fmt: skip
def test_a_repositorys_address_is_its_name(value: str) -> None:
    assert ask(f"pulls in={value}").elsewhere == "acme/other"
    assert ask(f"pulls vs={value}").against == Against("repository", repository="acme/other")


def test_a_mistake_quotes_what_was_written() -> None:
    assert wrong("pulls 2027-Q1").sentence.startswith("`2027-Q1` has not begun yet")
    assert wrong("pulls vs=2027-Q1").sentence.startswith("`2027-Q1` has not begun yet")
    assert wrong("pulls 3Mo").word == "3Mo"
    assert wrong("pulls Last 30 Days").sentence == "`Last 30 Days` is not written so here."


def test_where_only_some_metrics_have_such_data_the_one_without_is_named() -> None:
    assert wrong("pulls issues base=main").sentence.startswith("`base=` cannot narrow `issues`; it filters ")
    assert wrong("pulls commits label=bug").sentence.startswith("`label=` cannot narrow `commits`; it filters ")


def test_an_unknown_key_is_answered_with_all_there_are() -> None:
    assert wrong("pulls colour=red").sentence == (
        "`colour=` is no key; there are `author=`, `team=`, `label=`, `base=`, `path=`, `vs=`, `scope=`, `in=`."
    )


def test_neither_many_nor_long_values_are_read() -> None:
    many = ",".join(f"a{number}" for number in range(21))
    assert wrong(f"pulls author={many}").sentence == "`author=` has 21 values; it can have 20."
    long = wrong(f"pulls base={'x' * 256}")
    assert long.sentence.endswith("is longer than 255 characters.")
    assert len(long.sentence) < 120


def test_every_filter_has_a_key_and_every_key_a_meaning() -> None:
    assert KEYS.keys() == MEANINGS.keys()
    assert KEYS.keys() >= APPLIES_TO.keys()
