"""A page's address and a command ask the same question; what an address cannot ask is said in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.metrics import all_metrics
from dashboard.asking import FILTERS, KEYS, Asked, suggestions
from dashboard.choices import keys_of, wrong_of
from dashboard.inline import inline
from handlers.grammar import Call, parse
from reports import escape
from reports.metric_names import OF_ORGANISATION
from reports.mistake import Mistake
from reports.question import Question
from storage.installations import Repository

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOME = Repository(7, 1, "quartz-labs", "lantern", "public", "main")
BASE = "/r/quartz-labs/lantern"
METRICS = [name for name in all_metrics() if not name.startswith(OF_ORGANISATION)]

periods = st.sampled_from(
    ["30d", "90D", "12w", "6m", "1y", "ytd", "all", "2026", "2026-Q1", "2026-03", "2026-W05", "2026-01-01..2026-03-31"]
)
against = st.sampled_from(["previous", "year", "2024-Q1", "quartz-labs/ember", "https://github.com/quartz-labs/ember"])
plain = st.text("abcdefghijklmnopqrstuvwxyzABCDEFG0123456789.-_/üß:+&?#%", min_size=1, max_size=12)
worded = st.lists(plain, min_size=2, max_size=3).map(lambda some: f'"{" ".join(some)}"')
labels = st.lists(st.one_of(plain, worded, plain.map(lambda one: f'"{one}, {one}"')), min_size=1, max_size=3)
VALUES = {
    "author": st.lists(st.sampled_from(["octocat", "Quartz-Otter", "@opal", "app/dependabot"]), min_size=1, max_size=2),
    "label": labels,
    "base": st.lists(plain, min_size=1, max_size=2),
    "path": st.lists(plain, min_size=1, max_size=2),
}


@st.composite
def asked_somehow(draw: st.DrawFn) -> Asked:
    """A question as an address may ask it: mostly right, sometimes contradictory."""
    metric = draw(st.sampled_from(METRICS))
    may = keys_of(all_metrics()[metric])
    said: list[tuple[str, str]] = []
    if "period" in may:
        said += [("period", word) for word in draw(st.lists(periods, max_size=1))]
        said += [("vs", word) for word in draw(st.lists(against, max_size=1))]
        said += [("compare", word) for word in draw(st.lists(st.sampled_from(["yes", "2025-Q1"]), max_size=1))]
    for key in FILTERS:
        if key in may and draw(st.booleans()):
            said.append((key, ",".join(draw(VALUES[key]))))
    return Asked(metric, tuple(said))


def question(asked: Asked, now: datetime = NOW) -> Question:
    return asked.question(now=now, repository_id=HOME.id, repository=HOME.full_name, metrics=all_metrics())


def asked_or_not(asked: Asked) -> Question | str:
    """Return the question, or what is wrong with it."""
    try:
        return question(asked)
    except Mistake as wrong:
        return wrong.sentence


def command(line: str) -> Question:
    """Read a line as the bot reads it."""
    (call,) = parse(line)
    assert isinstance(call, Call), line
    compares = call.name == "compare"
    return Question.from_words(
        call.words[1:] if compares else call.words,
        call.options,
        now=NOW,
        repository_id=HOME.id,
        repository=HOME.full_name,
        metrics=all_metrics(),
        compare=compares,
    )


@settings(max_examples=300, deadline=None)
@given(asked_somehow())
def test_an_address_asks_what_its_command_asks(asked: Asked) -> None:
    """Through the address and back, and through the line that can be copied into a thread."""
    address = urlsplit(asked.address(BASE))
    again = Asked.of_query(address.path.rpartition("/")[2], parse_qsl(address.query))
    assert dict(again.said) == dict(asked.said)
    found = asked_or_not(asked)
    assert asked_or_not(again) == found
    if isinstance(found, Question):
        assert command(asked.line()) == found


@settings(max_examples=200, deadline=None)
@given(asked_somehow())
def test_a_question_has_an_address_that_asks_exactly_it(asked: Asked) -> None:
    try:
        found = question(asked)
    except Mistake:
        return
    assert question(Asked.of_question(found)) == found


def test_a_relative_period_stays_relative_in_the_command() -> None:
    asked = Asked("time-to-merge", (("vs", "year"), ("period", "90d")))
    assert asked.line() == "/analytics time-to-merge 90d vs=year"
    assert asked.address(BASE) == f"{BASE}/time-to-merge?period=90d&vs=year"
    compares = Asked("pulls", (("period", "2026-Q2"), ("compare", "2026-Q1"), ("label", "good first issue,bug")))
    assert compares.line() == '/analytics compare pulls 2026-Q2 2026-Q1 label="good first issue",bug'


def test_fields_that_were_left_empty_say_nothing() -> None:
    asked = Asked.of_query("pulls", [("period", " 90d "), ("vs", ""), ("author", " "), ("theme", "dark")])
    assert asked.said == (("period", "90d"),)


@pytest.mark.parametrize("key", ["team", "in", "scope"])
def test_what_only_a_comment_can_ask_is_answered_with_a_sentence(key: str) -> None:
    with pytest.raises(Mistake) as caught:
        question(Asked("pulls", ((key, "quartz-labs/lantern"),)))
    assert caught.value.sentence.endswith(".")
    assert f"`{key}=` is no key" not in caught.value.sentence


@pytest.mark.parametrize("words", ["traffic", "90d traffic", "30d PATHS"])
def test_no_metric_comes_in_as_a_period(words: str) -> None:
    """The metric is the address's own: whether it may be seen is decided by that."""
    with pytest.raises(Mistake, match="each metric has its own page"):
        question(Asked("overview", (("period", words),)))


@pytest.mark.parametrize(
    ("metric", "said", "address"),
    [
        ("pulls", {"period": "week"}, "/pulls?period=1w"),
        ("pulls", {"period": "last 90 days", "author": "octocat"}, "/pulls?period=90d&author=octocat"),
        ("pulls", {"vs": "yaer", "period": "90d"}, "/pulls?period=90d&vs=year"),
        ("pulls", {"user": "octocat"}, "/pulls?author=octocat"),
        ("waiting", {"period": "90d"}, "/waiting"),
        ("overview", {"path": "/docs"}, "/paths?path=%2Fdocs"),
    ],
)
def test_what_was_meant_is_a_link_that_can_be_followed(metric: str, said: dict[str, str], address: str) -> None:
    asked = Asked(metric, tuple(said.items()))
    with pytest.raises(Mistake) as caught:
        question(asked)
    assert wrong_of(caught.value, asked, BASE, NOW, HOME).address == BASE + address


def test_what_was_meant_is_no_link_where_that_could_not_be_asked_either() -> None:
    asked = Asked("pulls", (("period", "90d"),))
    wrong = Mistake("That is wrong.", "usage", nearest="vs=nonsense", word="x")
    assert suggestions(asked, wrong, all_metrics())
    shown = wrong_of(wrong, asked, BASE, NOW, HOME)
    assert (shown.nearest, shown.address) == ("vs=nonsense", "")


def test_every_key_of_an_address_is_written_in_one_order() -> None:
    said = tuple((key, "1y") for key in reversed(KEYS))
    assert [key for key, _ in parse_qsl(Asked("pulls", said).query[1:])] == list(KEYS)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_escaped_text_reads_on_a_page_as_it_was(text: str) -> None:
    """What `reports.escape` makes of a text is shown as that text, and never as HTML."""
    assert inline(escape.text(text), code=False).unescape() == escape.clean(text)
    assert "<" not in str(inline(escape.text(text), code=False))
    assert inline(escape.code(text), code=False).unescape() == (escape.clean(text) or "(empty)")
