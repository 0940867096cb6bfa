"""The status: what is known, what is not, and what went wrong, of nothing the thread's readers may not see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from reports.capture_words import NO_PERMISSION, missing_permission
from reports.status import Stored, page
from storage.captures import CaptureRow, CaptureRun, Outcome
from storage.installations import Installation, Repository
from storage.traffic import TrafficDay
from storage.watermarks import Watermark

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WEB = "https://github.example.com"
OWNER = Installation(7, "quartz-labs", 70, "Organization", permissions={"administration": "read"})
LANTERN = Repository(1, 7, "quartz-labs", "lantern", "public", "main")
FIRST = date(2026, 11, 1)


def day(number: int, *, views: int | None = 3) -> TrafficDay:
    when = FIRST + timedelta(days=number)
    return TrafficDay(1, when, views, views, 1, 1, when, when, None)


def tried(outcome: Outcome, reason: str | None = None, repository_id: int = 1) -> CaptureRow:
    return CaptureRow(repository_id, NOON, NOON.date(), 7, "2026-11-22", 6, outcome, reason, 1, 1, 1, 1)


RUN = CaptureRun(7, "2026-11-22", NOON.date(), "done", NOON, NOON, NOON, 2, 15, None)
NOTHING = Stored(LANTERN, OWNER, {1: "quartz-labs/lantern"}, [], None, [], {})


def test_nothing_is_stored_yet() -> None:
    said = page(NOTHING, NOON, WEB)
    assert said.startswith("**No traffic of `quartz-labs/lantern` is stored yet.** It has not been captured so far; ")
    assert "the next is due 2026-11-22" in said


def test_unknown_days_are_counted_and_the_longest_gap_is_named() -> None:
    days = [day(number) for number in (0, 1, 2, 4, 5, 9)] + [day(6, views=None)]
    said = page(replace(NOTHING, days=sorted(days, key=lambda one: one.day)), NOON, WEB)
    assert "kept since 1 Nov 2026: 6 days known, 4 days unknown (the longest gap is 7 Nov 2026 to 9 Nov 2026)." in said
    said = page(replace(NOTHING, days=[day(0), day(2)]), NOON, WEB)
    assert "2 days known, 1 day unknown (2 Nov 2026)." in said


def test_what_went_wrong_is_said_repository_by_repository() -> None:
    rows = [tried("captured"), tried("refused", "GitHub says @everyone | no", 2)]
    stored = replace(NOTHING, last=rows[0], runs=[(RUN, rows)], seen={1: "quartz-labs/lantern", 2: "quartz-labs/anvil"})
    said = page(stored, NOON, WEB)
    assert "The last capture was just now: captured; the next is due 2026-11-23" in said
    assert "| `2026-11-22` | just now | done | 1 captured, 1 refused | 12 |" in said
    assert "| `quartz-labs/anvil` | refused | GitHub says `@everyone` &#124; no |" in said


def test_the_permission_that_is_missing_is_named_with_its_page() -> None:
    owner = replace(OWNER, permissions={"issues": "write"})
    said = page(replace(NOTHING, owner=owner), NOON, WEB)
    assert (
        "[the installation's page](https://github.example.com/organizations/quartz-labs/settings/installations/7)"
        in said
    )
    person = page(replace(NOTHING, owner=replace(owner, account_type="User")), NOON, WEB)
    assert "(https://github.example.com/settings/installations/7)" in person
    unknown = page(replace(NOTHING, owner=replace(OWNER, permissions=None)), NOON, WEB)
    assert "Administration" not in unknown, "what was never said is not held against it"


def test_suspended_removed_and_under_way() -> None:
    assert "suspended since 22 Nov 2026" in page(replace(NOTHING, owner=replace(OWNER, suspended_at=NOON)), NOON, WEB)
    for owner in (None, replace(OWNER, removed_at=NOON)):
        assert "not installed here any more" in page(replace(NOTHING, owner=owner), NOON, WEB)
    running = replace(RUN, state="running", finished_at=None)
    assert "a capture is under way" in page(replace(NOTHING, runs=[(running, [])]), NOON, WEB)


def test_a_run_whose_place_another_has_taken_is_not_under_way() -> None:
    """Nobody began it while the server was off; the next day's was done."""
    waits = replace(RUN, run="2026-11-21", day=NOON.date() - timedelta(days=1), state="planned", started_at=None)
    said = page(replace(NOTHING, runs=[(RUN, []), (waits, [])]), NOON, WEB)
    assert "the next is due 2026-11-23" in said
    assert "| `2026-11-21` | \N{EN DASH} | overtaken |" in said
    alone = page(replace(NOTHING, runs=[(waits, [])]), NOON, WEB)
    assert "a capture is under way" in alone
    assert "| waits |" in alone


def test_a_run_that_a_wrong_clock_planned_is_not_under_way() -> None:
    ahead = replace(RUN, run="2027-01-05", day=date(2027, 1, 5), state="planned", planned_at=NOON + timedelta(days=44))
    assert "under way" not in page(replace(NOTHING, runs=[(ahead, []), (RUN, [])]), NOON, WEB)


def test_what_github_did_counts_before_the_permissions_that_it_lists() -> None:
    """Some list them sparsely and show traffic; others list them and refuse."""
    sparse = replace(NOTHING, owner=replace(OWNER, permissions={"issues": "write"}))
    assert "Administration" not in page(replace(sparse, runs=[(RUN, [tried("captured")])]), NOON, WEB)
    refused = [(replace(RUN, reason=missing_permission(WEB, OWNER)), [tried("refused", NO_PERMISSION)])]
    assert "settings/installations/7" in page(replace(NOTHING, runs=refused), NOON, WEB)
    ordered = replace(RUN, run="2026-11-22T11:59:00Z", state="planned", started_at=None)
    assert "settings/installations/7" not in page(replace(NOTHING, runs=[(ordered, []), *refused]), NOON, WEB)
    one_of_many = [(RUN, [tried("refused", NO_PERMISSION)])]
    assert "settings/installations/7" not in page(replace(NOTHING, runs=one_of_many), NOON, WEB)


def test_the_other_datasets_have_a_line_each() -> None:
    marks = {
        "pulls": Watermark(1, "pulls", synced_at=NOON, whole_history=True),
        "issues": Watermark(1, "issues", synced_at=NOON, covered_since=NOON - timedelta(days=90)),
        "commits": Watermark(1, "commits", error="no | access"),
        "releases": Watermark(1, "releases"),
    }
    said = page(replace(NOTHING, marks=marks), NOON, WEB)
    assert said.endswith(
        "- commits: not readable: no &#124; access\n- issues: synced just now, complete since 24 Aug 2026\n"
        "- pulls: synced just now, the whole history\n- releases: never read to the end"
    )
