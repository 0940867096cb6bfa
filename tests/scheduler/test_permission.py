"""A permission that is missing: found out with few requests, said once, and never guessed from one repository."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.faults import Fault, Match
from scheduler import capture as module
from storage.engine import Store
from tests.scheduler.field import DAY, Field, open_field

TODAY = "2026-11-22"
REFUSED = {
    "status": 403,
    "headers": {"x-accepted-github-permissions": "administration=read"},
    "body": '{"message": "Resource not accessible by integration"}',
    "times": None,
}


async def test_a_missing_permission_is_said_once_and_one_repository_is_asked(field: Field) -> None:
    """What GitHub lists may be sparse: the first one of a run is asked, its refusal is believed for the others."""
    installation = field.installation()
    del installation.permissions["administration"]
    await field.tick()

    assert len(field.asked("/traffic/")) <= 6
    assert field.runs() == [(TODAY, "done", 6)]
    page = f"{field.sandbox.url}/organizations/{installation.account.login}/settings/installations/{installation.id}"
    assert page in field.reason()
    assert {tuple(found) for found in field.outcomes().values()} == {("refused",)}
    assert field.rows("SELECT count(*) AS n FROM snapshots") == [{"n": 6}]
    assert field.rows("SELECT * FROM traffic_days") == []


async def test_a_permission_that_is_accepted_is_used_at_once(field: Field) -> None:
    """No webhook tells of it: the next look at the installations does."""
    granted = field.installation().permissions.pop("administration")
    await field.tick()
    field.world.clock.advance(timedelta(hours=6))
    field.installation().permissions["administration"] = granted
    await field.tick()

    assert field.runs() == [(TODAY, "done", 6), (f"{TODAY}T18:00:00Z", "done", 6)]
    assert len(field.asked("/traffic/")) <= 6 * 6 + 6
    assert {tuple(found) for found in field.outcomes().values()} == {("refused", "captured")}


async def test_a_permission_that_only_the_refusals_show_is_asked_about_twice(field: Field) -> None:
    """GitHub's list still says that the App may; two repositories that refuse know better."""
    refused = Fault(
        Match("GET", "*/traffic/*"),
        "status",
        status=403,
        headers={"x-accepted-github-permissions": "administration=read"},
        body='{"message": "Resource not accessible by integration"}',
        times=None,
    )
    field.sandbox.faults.add(refused)
    await field.tick()

    assert len(field.asked("/traffic/")) == 2 * 6
    assert "lacks the repository permission Administration" in field.reason()


async def test_what_is_not_listed_may_be_there_all_the_same(field: Field) -> None:
    """A stand-in for GitHub may list permissions sparsely; who is asked and answers has the last word."""
    installation = field.installation()
    granted = dict(installation.permissions)
    await field.tick()
    sparse = {name: level for name, level in granted.items() if name != "administration"}
    shown = {"id": installation.id, "account": {"login": installation.account.login, "id": 1, "type": "Organization"}}
    said = json.dumps({**shown, "permissions": sparse})
    for path, body in ((f"/app/installations/{installation.id}", said), ("/app/installations", f"[{said}]")):
        field.sandbox.faults.add(Fault(Match("GET", path), "status", status=200, body=body, times=None))
    field.world.clock.advance(DAY)
    await field.tick()

    assert [(state, count) for _, state, count in field.runs()] == [("done", 6)] * 2
    (row,) = field.rows("SELECT permissions FROM installations")
    assert "administration" not in row["permissions"]
    assert list(field.outcomes().values()) == [["captured"] * 2] * 6


async def test_a_run_in_slices_asks_no_more_often(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a slice has met with, the next one knows from the log."""
    monkeypatch.setattr(module, "SLICE", 2)
    field.sandbox.faults.add(Fault(Match("GET", "*/traffic/*"), "status", **REFUSED))  # type: ignore[arg-type]
    await field.tick()
    assert len(field.asked("/traffic/")) == 2 * 6
    assert "lacks the repository permission Administration" in field.reason()


async def test_refusals_in_a_later_slice_do_not_speak_for_those_that_were_read(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SLICE", 2)
    for repository in sorted(field.repositories(), key=lambda one: one.full_name)[2:4]:
        match = Match("GET", f"*/{repository.name}/traffic/*")
        field.sandbox.faults.add(Fault(match, "status", **REFUSED))  # type: ignore[arg-type]
    await field.tick()
    assert field.reason() == "4 captured, 2 refused"


async def test_of_a_single_repository_one_refusal_is_enough(store: Store, database_file: Path) -> None:
    """GitHub lists the permission; nobody else could be asked, and the owner should know where to look."""
    async with open_field(store, database_file, repositories=1) as field:
        field.sandbox.faults.add(Fault(Match("GET", "*/traffic/*"), "status", **REFUSED))  # type: ignore[arg-type]
        await field.tick()
        assert f"settings/installations/{field.installation().id}" in field.reason()


@pytest.mark.parametrize(
    ("message", "permission"),
    [("Repository access blocked", "administration=read"), ("Must have push access to repository", "")],
)
async def test_one_repository_that_refuses_does_not_speak_for_the_others(
    field: Field, message: str, permission: str
) -> None:
    one = field.repositories()[0]
    headers = {"x-accepted-github-permissions": permission} if permission else {}
    body = json.dumps({"message": message})
    refusing = Match("GET", f"*/{one.name}/traffic/*")
    field.sandbox.faults.add(Fault(refusing, "status", status=403, headers=headers, body=body, times=None))
    for _ in range(2):
        await field.tick()
        field.world.clock.advance(DAY)

    outcomes = dict(field.outcomes())
    assert outcomes.pop(one.id) == ["refused"] * 2
    assert list(outcomes.values()) == [["captured"] * 2] * 5
    assert "lacks the repository permission" not in field.reason()
