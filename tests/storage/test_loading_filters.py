"""Filters and the owners' terms change which rows are loaded and what they mean, whatever people write into them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics.actors import Actor, ActorKind
from analytics.filters import Filters
from analytics.rows import CommentRow, CommitRow, IssueRow, PullRow, ReviewRow, TimelineRow
from analytics.tables import COLUMNS, Tables
from analytics.terms import Terms
from analytics.traffic import Listed
from storage import activity
from storage.engine import Store
from storage.installations import save_repository
from storage.listings import save_lists
from storage.loading import load, load_together
from tests.storage.ask import write
from tests.storage.conftest import REPOSITORY

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SINCE = NOW - 30 * DAY
OPAL, TOPAZ = Actor("Opal", ActorKind.PERSON), Actor("topaz", ActorKind.PERSON)
DRILL = Actor("drill", ActorKind.BOT)
HOSTILE = (
    "'; DROP TABLE pulls; --",
    "' OR '1'='1",
    "\\' OR 1=1 --",
    "%s %(x)s ? :x $1",
    "a\0b",
    "\ud800",
    'say "hi"',
    "",
    "*/ /* Ünïcode ÄÖÜ ß 日本",
)
MANY = 8


def pull(number: int, **changes: Any) -> PullRow:
    made = NOW - number * 10 * DAY
    row = PullRow(
        number=number, title="Shore up", author=OPAL, created_at=made, updated_at=made, closed_at=None, merged_at=None,
        merged_by=None, is_draft=False, ready_at=made, base_ref="main", additions=1, deletions=0, changed_files=1,
    )  # fmt: skip
    return replace(row, **changes)


def issue(number: int, **changes: Any) -> IssueRow:
    made = NOW - 5 * DAY
    row = IssueRow(
        number=number, title="Water", author=OPAL, created_at=made, updated_at=made, closed_at=None, state_reason=None,
        comments=0, first_response_at=None, first_response_by=None,
    )  # fmt: skip
    return replace(row, **changes)


def comment(number: int, of: int, at: datetime, *, on_pull: bool) -> CommentRow:
    return CommentRow(f"IC_{number}", of, on_pull, TOPAZ, at, 0)


ENDED = NOW - 50 * DAY
PULLS = [
    pull(1, labels=("bug", "Good First Issue")),
    pull(2, author=TOPAZ, base_ref="release/1.0", labels=("BUG",)),
    pull(3, author=DRILL, title="[Merged by Drill] Shore up", closed_at=NOW - 20 * DAY, updated_at=NOW - 20 * DAY),
    pull(6, closed_at=ENDED, updated_at=ENDED, labels=("Größe: L",)),  # over before the window
]
ISSUES = [
    issue(11, labels=("bug",)),
    issue(12, author=TOPAZ),
    issue(13, closed_at=ENDED, created_at=ENDED, updated_at=ENDED),
]
REVIEWS = [ReviewRow(f"R{of}", of, TOPAZ, OPAL, "APPROVED", NOW - DAY) for of in (1, 2, 3)]
TURNS = [TimelineRow(f"T{of}", of, "closed", NOW - DAY, TOPAZ, None) for of in (1, 2, 3)]
COMMENTS = [
    comment(1, 1, NOW - 2 * DAY, on_pull=True),
    comment(2, 2, NOW - DAY, on_pull=True),
    comment(3, 6, NOW - 55 * DAY, on_pull=True),
    comment(4, 11, NOW - DAY, on_pull=False),
    comment(5, 13, ENDED, on_pull=False),
    comment(6, 11, NOW, on_pull=False),  # after the window
]
COMMITS = [CommitRow(letter * 40, who, SINCE, SINCE, 1, 1, 1) for letter, who in (("a", OPAL), ("b", TOPAZ))]


@pytest.fixture
async def filled(store: Store) -> str:
    """The address of a database with the rows above, in two repositories."""
    await write(store, save_repository, replace(REPOSITORY, id=MANY, name="theirs"))
    for repository_id in (REPOSITORY.id, MANY):
        await write(store, activity.save_pulls, repository_id, PULLS)
        await write(store, activity.save_reviews, repository_id, REVIEWS)
        await write(store, activity.save_issues, repository_id, ISSUES)
        await write(store, activity.save_timeline, repository_id, TURNS)
        await write(store, activity.save_commits, repository_id, COMMITS)
        await write(store, activity.save_comments, repository_id, COMMENTS)
    return store.url


def found(url: str, since: datetime | None = SINCE, **given: Any) -> Tables:
    return Tables.of(load(url, REPOSITORY.id, list(COLUMNS), since, NOW, **given))


def numbers(frame: Any) -> list[int]:
    return sorted(frame["number"].tolist())


def seen(tables: Tables) -> dict[str, list[int]]:
    return {name: numbers(getattr(tables, name)) for name in ("pulls", "reviews", "timeline", "issues", "comments")}


@pytest.mark.parametrize("since", [SINCE, None])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(authors=("opal",)), {"pulls": [1, 6], "issues": [11, 13], "comments": [1, 6, 11, 13]}),
        (Filters(authors=("@DRILL[bot]",)), {"pulls": [3], "issues": [], "comments": []}),
        (
            Filters(authors=("opal", "topaz")),
            {"pulls": [1, 2, 6], "issues": [11, 12, 13], "comments": [1, 2, 6, 11, 13]},
        ),
        (Filters(authors=("nobody",)), {"pulls": [], "issues": [], "comments": []}),
        (Filters(teams=("@quartz/empty",)), {"pulls": [], "issues": [], "comments": []}),
        (Filters(labels=("Bug",)), {"pulls": [1, 2], "issues": [11], "comments": [1, 2, 11]}),
        (Filters(labels=("good first issue", "bug")), {"pulls": [1, 2], "issues": [11], "comments": [1, 2, 11]}),
        (Filters(labels=("GRÖSSE: l",)), {"pulls": [6], "issues": [], "comments": [6]}),
        (Filters(bases=("release/1.0",)), {"pulls": [2], "issues": [11, 12, 13], "comments": [2, 11, 13]}),
        (Filters(labels=("bug",), authors=("topaz",)), {"pulls": [2], "issues": [], "comments": [2]}),
    ],
)  # fmt: skip
def test_what_a_filter_lets_through_and_what_follows_it(
    filled: str, filters: Filters, expected: Mapping[str, list[int]], since: datetime | None
) -> None:
    """A window leaves out what was over before it: pull request 6 and issue 13, with their comments."""
    over = set() if since is None else {6, 13}
    kept = {name: [number for number in them if number not in over] for name, them in expected.items()}
    followed = [number for number in kept["pulls"] if number in (1, 2, 3)]
    assert seen(found(filled, since, filters=filters)) == {**kept, "reviews": followed, "timeline": followed}


def test_commits_know_an_author_and_nothing_else(filled: str) -> None:
    assert found(filled, filters=Filters(authors=("topaz",))).commits["sha"].tolist() == ["b" * 40]
    assert len(found(filled, filters=Filters(labels=("bug",), bases=("main",))).commits) == 2


def test_first_contributions_are_everybodys_under_any_filter(filled: str) -> None:
    firsts = found(filled, filters=Filters(authors=("topaz",), labels=("bug",))).firsts
    assert set(firsts["actor"]) == {"Opal", "topaz", "drill"}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["authors", "labels", "bases", "paths"])
async def test_a_hostile_filter_is_a_name_that_nothing_has(filled: str, name: str, text: str) -> None:
    before = seen(found(filled, None))
    tables = found(filled, None, filters=Filters(**{name: (text,)}))
    assert numbers(tables.pulls) == ([] if name != "paths" else [1, 2, 3, 6])
    assert seen(found(filled, None)) == before


@pytest.mark.parametrize("text", [text for text in HOSTILE if text and "\0" not in text and text != "\ud800"])
async def test_a_name_that_looks_like_an_attack_is_found_where_it_is_a_name(store: Store, text: str) -> None:
    row = pull(1, base_ref=text, labels=(text,), title=f"{text} and more", closed_at=NOW - DAY)
    await write(store, activity.save_pulls, REPOSITORY.id, [row, pull(2, closed_at=NOW - DAY)])
    for filters in (Filters(bases=(text,)), Filters(labels=(text,))):
        assert numbers(found(store.url, None, filters=filters).pulls) == [1]
    merged = found(store.url, None, terms=Terms(merge_markers=(text,))).pulls
    assert merged[merged["merged_at"].notna()]["number"].tolist() == [1]


async def test_paths_begin_as_written_with_or_without_the_repository(filled: str, store: Store) -> None:
    listed = [Listed(f"/quartz/mine{rest}", 3, 1) for rest in ("", "/issues", "/blob/main/README.md")]
    day = NOW.date()
    referrers = [Listed("issues", 1, 1)]
    await write(store, save_lists, REPOSITORY.id, {("paths", day): listed, ("referrers", day): referrers})
    for beginning, names in (
        ("/quartz/mine/blob", {"/quartz/mine/blob/main/README.md"}),
        ("blob/main", {"/quartz/mine/blob/main/README.md"}),
        ("/issues", {"/quartz/mine/issues"}),
        ("nowhere", set()),
    ):
        tables = found(filled, filters=Filters(paths=(beginning,)))
        assert set(tables.paths["name"]) == names
        assert tables.referrers["name"].tolist() == ["issues"]


def test_a_marker_in_the_title_makes_a_closed_pull_request_a_merged_one(filled: str) -> None:
    terms = Terms(merge_markers=("[Merged by", "\0", ""))
    pulls = found(filled, terms=terms).pulls
    merged = pulls[pulls["merged_at"].notna()]
    assert merged["number"].tolist() == [3]
    assert merged["merged_at"].tolist() == merged["closed_at"].tolist() == [NOW - 20 * DAY]
    assert found(filled).pulls["merged_at"].isna().all()


def test_who_the_owners_call_a_bot_is_one(filled: str) -> None:
    tables = found(filled, terms=Terms(bots=("opal[bot]",)))
    kinds = dict(zip(tables.pulls["author"], tables.pulls["author_kind"], strict=True))
    assert kinds == {"Opal": "bot", "topaz": "person", "drill": "bot"}
    names = tables.roster.names
    assert {names[code] for code, bot in enumerate(tables.roster.is_bot) if bot} == {"Opal", "drill"}


def test_titles_are_those_of_what_is_open(filled: str) -> None:
    rows = found(filled, None).titles
    assert sorted(zip(rows["number"], rows["on_pull"], rows["title"], strict=True)) == [
        (1, True, "Shore up"), (2, True, "Shore up"), (11, False, "Water"), (12, False, "Water"),
    ]  # fmt: skip
    assert numbers(found(filled, filters=Filters(authors=("topaz",))).titles) == [2, 12]


def test_comments_say_who_and_when_on_what(filled: str) -> None:
    rows = found(filled).comments.sort_values("created_at")
    assert rows["number"].tolist() == [1, 2, 11]
    assert rows["on_pull"].tolist() == [True, True, False]
    assert set(rows["author"]) == {"topaz"}
    assert set(rows["author_kind"]) == {"person"}
    assert rows["created_at"].max() == NOW - DAY


async def test_two_repositories_together_count_as_one(filled: str, store: Store) -> None:
    """Numbers go on after the first repository's highest, which is issue 13; who came first anywhere came first."""
    await write(store, activity.save_pulls, MANY, [pull(40, author=Actor("mica", ActorKind.PERSON))])
    names = [name for name in COLUMNS if name in seen(found(filled)) or name in ("titles", "firsts", "releases")]
    read = load_together(filled, [REPOSITORY.id, 404, MANY], names, None, NOW)
    assert read.places == ((0, "quartz/mine"), (13, "quartz/theirs"))
    tables = Tables.of(read.columns, read.places)
    assert numbers(tables.pulls) == [1, 2, 3, 6, 14, 15, 16, 19, 53]
    assert numbers(tables.issues) == [11, 12, 13, 24, 25, 26]
    assert numbers(tables.titles) == [1, 2, 11, 12, 14, 15, 24, 25, 53]
    assert [tables.name_of(number) for number in (1, 13, 14, 53)] == [
        "quartz/mine#1", "quartz/mine#13", "quartz/theirs#1", "quartz/theirs#40",
    ]  # fmt: skip
    firsts = dict(zip(tables.firsts["actor"], tables.firsts["first_at"], strict=True))
    assert firsts["mica"] == NOW - 400 * DAY
    assert firsts["Opal"] == NOW - 60 * DAY
    assert len(firsts) == len(tables.firsts)


def test_filters_hold_in_each_of_several_repositories(filled: str) -> None:
    read = load_together(
        filled, [REPOSITORY.id, MANY], ["pulls", "reviews"], SINCE, NOW, filters=Filters(labels=("bug",))
    )
    assert numbers(Tables.of(read.columns).pulls) == [1, 2, 14, 15]
    assert numbers(Tables.of(read.columns).reviews) == [1, 2, 14, 15]


def test_days_of_traffic_are_not_put_together(filled: str) -> None:
    with pytest.raises(ValueError, match="traffic_days"):
        load_together(filled, [REPOSITORY.id, MANY], ["pulls", "traffic_days"], None, NOW)


def test_in_one_repository_a_number_is_its_own(filled: str) -> None:
    assert found(filled).name_of(12) == "#12"
