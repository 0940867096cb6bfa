"""What webhooks report of installations and repositories: GitHub's own examples are read or passed over."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.events import all_events, event_named, handled
from handlers.reported import installation_in, listed_in, repository_in
from reports.services import Services
from reports.together import narrowest
from storage import installations
from storage.captures import recent_runs
from storage.engine import Store
from storage.installations import Installation, Repository, Visibility
from tests.services import services_on

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
STORED_ONLY = ("fork", "installation", "installation_repositories", "star")

INSTALLATION: dict[str, Any] = {
    "id": 51, "account": {"login": "acme", "id": 3, "type": "Organization"}, "target_type": "Organization",
    "permissions": {"metadata": "read", "issues": "write"}, "suspended_at": None,
}  # fmt: skip
REPOSITORY: dict[str, Any] = {
    "id": 7, "name": "rocket", "full_name": "acme/rocket", "private": True, "visibility": "internal",
    "owner": {"login": "acme", "id": 3}, "default_branch": "trunk", "archived": True, "node_id": "R_7",
}  # fmt: skip


def examples(shared_folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield event and payload of what GitHub has published."""
    with gzip.open(shared_folder / "api" / "webhooks" / "examples.jsonl.gz", "rt") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["event"], row["payload"]


def test_an_installation_is_read() -> None:
    expected = Installation(51, "acme", 3, "Organization", permissions={"metadata": "read", "issues": "write"})
    assert installation_in({"installation": INSTALLATION}) == expected
    suspended = {**INSTALLATION, "suspended_at": "2026-11-20T08:00:00Z"}
    found = installation_in({"installation": suspended})
    assert found is not None
    assert found.suspended_at == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_an_enterprise_has_a_slug_instead_of_a_login() -> None:
    found = installation_in({"installation": {**INSTALLATION, "account": {"slug": "acme-corp", "id": 9}}})
    assert found is not None
    assert (found.account_login, found.account_type) == ("acme-corp", "Organization")


def test_a_repository_is_read_whole() -> None:
    expected = Repository(7, 51, "acme", "rocket", "internal", "trunk", archived=True, node_id="R_7")
    assert repository_in({"installation": {"id": 51}, "repository": REPOSITORY}) == expected


def test_a_repository_of_no_installation_is_none_of_ours() -> None:
    assert repository_in({"repository": REPOSITORY}) is None


def test_a_list_has_only_names_and_what_has_none_is_left_out() -> None:
    rows = [{"id": 7, "name": "rocket", "full_name": "acme/rocket", "private": True}, {"id": 8}, None, "rocket"]
    (only,) = listed_in({"repositories": rows}, "repositories", 51)
    assert only == Repository(7, 51, "acme", "rocket", "private", "main")
    assert listed_in({"repositories": "all"}, "repositories", 51) == []


@pytest.mark.parametrize(
    ("visibilities", "expected"),
    [
        (("public", "private"), "private"),
        (("internal", "public"), "internal"),
        (("private", "internal"), "private"),
        (("public",), "public"),
        (("something new",), "private"),
        ((), "private"),
    ],
)
def test_the_narrowest_counts(visibilities: tuple[str, ...], expected: Visibility) -> None:
    assert narrowest(*visibilities) == expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda one: st.lists(one, max_size=2) | st.dictionaries(st.text(max_size=3), one, max_size=2),
    max_leaves=3,
)
PLACES = st.sampled_from([*INSTALLATION, *REPOSITORY])


@given(PLACES, JSON)
def test_nothing_that_is_json_breaks_the_reading(place: str, value: Any) -> None:
    payload = {
        "installation": {**INSTALLATION, **({place: value} if place in INSTALLATION else {})},
        "repository": {**REPOSITORY, **({place: value} if place in REPOSITORY else {})},
        "repositories": [{**REPOSITORY, place: value}, value],
    }
    installation_in(payload)
    repository_in(payload)
    listed_in(payload, "repositories", 51)


async def test_githubs_own_examples_are_handled(store: Store, shared_folder: Path) -> None:
    """Each of them, and the same again; afterwards the installations are there, and a capture of the new ones."""
    services: Services = services_on(store, now=lambda: NOW)
    seen = 0
    for event, payload in examples(shared_folder):
        if event in STORED_ONLY:
            found = event_named(event)
            assert found is not None
            await found.handle(services, "guid", payload)
            await found.handle(services, "guid", payload)
            seen += 1
    assert seen > 10
    known = await store.read(installations.all_installations)
    assert known
    for one in known:
        runs = await store.read(lambda conn, number=one.id: recent_runs(conn, number))  # type: ignore[misc]
        assert len({run.run for run in runs}) == len(runs)


def test_a_module_is_imported_when_its_first_delivery_comes() -> None:
    """What answers comments weighs more than the server that waits: a star must not bring it in."""
    code = """
import sys
from handlers.events import event_named, handled
assert "issue_comment" in handled()
assert not [name for name in sys.modules if name.startswith("handlers.events.")]
assert event_named("star").name == "star"
assert event_named("watch") is None
loaded = sorted(name for name in sys.modules if name.startswith("handlers.events."))
assert loaded == ["handlers.events.star"], loaded
assert "handlers.conversation" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_modules_are_named_after_their_events() -> None:
    assert set(all_events()) == handled()
