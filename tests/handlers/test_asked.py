"""A payload about a comment, read for the few facts that matter; what is none is passed over."""

from __future__ import annotations

import gzip
import json
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.asked import AskedIn

PAYLOAD: dict[str, Any] = {
    "action": "created",
    "installation": {"id": 51},
    "repository": {
        "id": 7, "name": "rocket", "private": False, "visibility": "public", "default_branch": "trunk",
        "owner": {"login": "acme", "id": 3, "type": "Organization"},
    },
    "issue": {"number": 12, "user": {"id": 9, "login": "idle-heron"}},
    "comment": {
        "id": 1500, "user": {"id": 8, "login": "quartz-otter", "type": "User"}, "author_association": "MEMBER",
        "body": "/analytics", "created_at": "2026-11-22T07:00:00Z", "updated_at": "2026-11-22T08:00:00Z",
        "performed_via_github_app": None,
    },
    "sender": {"login": "quartz-otter", "type": "User"},
}  # fmt: skip


def payload(**changes: Any) -> dict[str, Any]:
    """Return the payload with values at dotted paths changed, `__` for the dot."""
    changed = deepcopy(PAYLOAD)
    for path, value in changes.items():
        *way, last = path.split("__")
        place = changed
        for step in way:
            place = place[step]
        place[last] = value
    return changed


def read(**changes: Any) -> AskedIn:
    asked = AskedIn.from_payload(payload(**changes))
    assert asked is not None
    return asked


def test_who_wrote_what_where() -> None:
    asked = read()

    assert (asked.action, asked.number, asked.comment_id, asked.body) == ("created", 12, 1500, "/analytics")
    assert (asked.author, asked.author_id, asked.association, asked.sender) == (
        "quartz-otter",
        8,
        "MEMBER",
        "quartz-otter",
    )
    assert asked.thread_author_id == 9
    assert asked.created_at == datetime(2026, 11, 22, 7, tzinfo=UTC)
    assert asked.updated_at == datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert asked.body_before is None
    assert (asked.installation.id, asked.installation.account_login) == (51, "acme")
    assert (asked.repository.id, asked.repository.full_name, asked.repository.default_branch) == (
        7,
        "acme/rocket",
        "trunk",
    )
    assert not asked.by_program
    assert not asked.edited_by_other


def test_an_edit_has_the_text_before_it() -> None:
    edited = read(action="edited", changes={"body": {"from": "before"}})
    assert edited.body_before == "before"
    assert read(action="edited").body_before is None, "GitHub sends edits that changed nothing"
    assert read(action="edited", changes={"title": {"from": "x"}}).body_before is None
    assert read(action="created", changes={"body": {"from": "before"}}).body_before is None


@pytest.mark.parametrize(
    "changes",
    [
        {"comment__performed_via_github_app": {"id": 1}},
        {"comment__user__type": "Bot"},
        {"sender__type": "Bot"},
        {"comment__user__login": "quartz-otter[bot]"},
        {"sender__login": "dependabot"},
    ],
)
def test_programs_are_known_by_any_of_these_signs(changes: dict[str, Any]) -> None:
    assert read(**changes).by_program


def test_logins_are_compared_ignoring_case() -> None:
    assert not read(sender__login="Quartz-Otter").edited_by_other
    assert read(sender__login="idle-heron").edited_by_other


@pytest.mark.parametrize(
    ("said", "private", "visibility"),
    [
        ("public", False, "public"),
        ("private", True, "private"),
        ("internal", True, "internal"),
        ("internal", False, "internal"),
        (None, False, "public"),
        (None, True, "private"),
        ("public", True, "private"),
        ("something new", False, "private"),
    ],
)
def test_what_is_not_known_to_be_public_counts_as_private(said: str | None, private: bool, visibility: str) -> None:
    assert read(repository__visibility=said, repository__private=private).repository.visibility == visibility


def test_a_thread_whose_author_is_deleted_has_none() -> None:
    assert read(issue__user=None).thread_author_id is None


def test_a_comment_that_was_never_changed_is_as_old_as_it_is() -> None:
    asked = read(comment__updated_at=None)
    assert asked.updated_at == asked.created_at


def test_a_comment_without_text_is_empty() -> None:
    assert read(comment__body=None).body == ""


@pytest.mark.parametrize("missing", ["installation", "comment", "repository", "issue", "sender", "action"])
def test_a_payload_that_lacks_a_part_is_passed_over(missing: str) -> None:
    part = payload()
    del part[missing]
    assert AskedIn.from_payload(part) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"comment__user": None},
        {"comment__updated_at": "yesterday"},
        {"installation": None},
        {"issue": []},
        {"changes": "no", "action": "edited"},
        {"issue__number": "twelve"},
        {"repository__owner": None},
    ],
)
def test_a_payload_of_another_shape_is_passed_over(changes: dict[str, Any]) -> None:
    assert AskedIn.from_payload(payload(**changes)) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda one: st.lists(one, max_size=2) | st.dictionaries(st.text(max_size=3), one, max_size=2),
    max_leaves=3,
)
PLACES = st.sampled_from(
    list(PAYLOAD) + [f"{a}__{b}" for a, values in PAYLOAD.items() if isinstance(values, dict) for b in values]
)


@given(PLACES, JSON)
def test_nothing_that_is_json_breaks_it(place: str, value: Any) -> None:
    """Whatever stands in any place of a signed delivery, it is read or passed over."""
    asked = AskedIn.from_payload(payload(**{place: value}))
    assert asked is None or isinstance(asked, AskedIn)


def test_githubs_own_examples_are_read_or_passed_over(shared_folder: Path) -> None:
    """None of the published payloads belongs to an installation whose comment could be answered wrongly."""
    read_whole = 0
    with gzip.open(shared_folder / "api" / "webhooks" / "examples.jsonl.gz", "rt") as lines:
        for line in lines:
            row = json.loads(line)
            for body in [part for part in row.values() if isinstance(part, dict)]:
                asked = AskedIn.from_payload(body)
                read_whole += asked is not None
                if asked is not None:
                    assert asked.repository.id
                    assert asked.number
    assert read_whole
