"""`python -m bot doctor`: one line for each thing that must be right, with what helps, and an exit status."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import checks_here
from bot.commands.doctor import examine
from bot.credentials import Credentials, keep
from bot.health import healthz
from sandbox.clock import Clock
from sandbox.faults import Fault, Match
from sandbox.registration import AppKeys, register
from sandbox.server import Sandbox
from sandbox.world import World
from storage.database_facts import DatabaseFacts
from tests.keys import app_key


@dataclass
class Doctor:
    """An installed App, its running server's address, and what the doctor says of both."""

    world: World
    keys: AppKeys
    sandbox: Sandbox
    environ: dict[str, str]
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    async def examine(self, **changed: str) -> tuple[int, str]:
        """Return the exit status and the report, its lines unwrapped."""
        for name in list(os.environ):
            if name.startswith("GITHUB_") or name in ("DATA_DIR", "DATABASE_URL", "PUBLIC_URL", "CLOCK_URL"):
                self.monkeypatch.delenv(name)
        for name, value in {**self.environ, **changed}.items():
            self.monkeypatch.setenv(name, value)
        status = await examine()
        said = self.capsys.readouterr().out
        for secret in (self.keys.webhook_secret, self.keys.client_secret, self.keys.private_key.splitlines()[1]):
            assert secret not in said
        return status, " ".join(
            said.replace("\nok ", "|ok ").replace("\nwarn ", "|warn ").replace("\nfail ", "|fail ").split()
        )


@pytest.fixture
async def doctor(
    tmp_path: Path, database_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Doctor]:
    world = World(Clock())
    world.add_repository("acme/rocket")
    keys = register(world, key=app_key())
    app = web.Application()
    app.router.add_get("/healthz", healthz)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        assert world.app is not None
        world.app.webhook_url = f"{url}/webhooks/github"
        world.install("acme")
        async with Sandbox(world, hook_delay=0) as sandbox:
            environ = {
                "GITHUB_APP_ID": str(keys.app_id), "GITHUB_PRIVATE_KEY": keys.private_key,
                "GITHUB_WEBHOOK_SECRET": keys.webhook_secret, "GITHUB_API_URL": sandbox.url, "GITHUB_URL": sandbox.url,
                "PUBLIC_URL": url, "DATA_DIR": str(database_file.parent),
            }  # fmt: skip
            yield Doctor(world, keys, sandbox, environ, monkeypatch, capsys)


async def test_all_is_well(doctor: Doctor) -> None:
    status, said = await doctor.examine()
    assert status == 0, said
    assert "|fail" not in said
    for line in (
        "ok Settings: Complete; the App's credentials come from the environment.",
        "ok The private key: It signs.",
        "ok The App at GitHub: GitHub knows it as Almanac and accepts its key.",
        "ok What the App may do: Traffic: Administration: read.",
        "ok Where the App is installed: acme.",
        "ok Where GitHub sends webhooks: To",
        "leads to a running server.",
        "ok The clock: It agrees with GitHub's.",
        "ok The database: It can be read and written, and its schema is this version's.",
        "ok Webhooks of the last day: There were none.",
        "The database's files: ",
        "warn Signing in: Nobody can without GITHUB_CLIENT_ID and GITHUB_CLIENT_SECRET.",
    ):
        assert line in said


async def test_a_server_that_is_not_set_up(doctor: Doctor, tmp_path: Path) -> None:
    empty = dict.fromkeys(("GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET"), "")
    status, said = await doctor.examine(**empty, DATA_DIR=str(tmp_path / "elsewhere"))
    assert (status, said.count("|")) == (1, 0)
    assert said.startswith("fail Settings: There are no credentials of a GitHub App")
    assert "open /setup" in said
    assert not (tmp_path / "elsewhere").exists()


async def test_faults_of_the_configuration_are_its_lines(doctor: Doctor) -> None:
    status, said = await doctor.examine(GITHUB_WEBHOOK_SECRET="", PORT="eighty")
    assert status == 1
    assert said.count("fail Settings: ") == 2


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"GITHUB_APP_ID": "7"}, "fail The App at GitHub: GitHub knows no such App. → See that GITHUB_APP_ID"),
        ({"PUBLIC_URL": ""}, "fail The public address: PUBLIC_URL is not set"),
        ({"PUBLIC_URL": "http://almanac.invalid"}, "fail The public address: http://almanac.invalid is not https"),
        ({"PUBLIC_URL": "https://almanac.invalid"}, "warn The public address: https://almanac.invalid does not answer"),
        ({"PUBLIC_URL": "https://almanac.invalid"}, "fail Where GitHub sends webhooks: To http://127.0.0.1"),
    ],
)
async def test_what_is_wrong_outside(doctor: Doctor, changed: dict[str, str], line: str) -> None:
    status, said = await doctor.examine(**changed)
    assert status == 1
    assert line in said


async def test_a_key_of_another_app(doctor: Doctor) -> None:
    other = register(World(Clock())).private_key
    status, said = await doctor.examine(GITHUB_PRIVATE_KEY=other)
    assert status == 1
    assert "fail The App at GitHub: GitHub does not accept what the App signs." in said


async def test_an_outage_of_github_is_not_taken_for_a_fault_of_the_settings(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.commands.doctor.PATIENCE", timedelta.resolution)
    doctor.sandbox.faults.add(Fault(Match("GET", "/app"), "status", times=None, status=503))
    status, said = await doctor.examine()
    assert status == 1
    assert "fail The App at GitHub: GitHub does not answer" in said


async def test_permissions_and_events_that_are_missing_are_named_with_what_they_cost(doctor: Doctor) -> None:
    """Registered by hand, nobody knows what was meant to be left out: it is told, and the status is 0."""
    assert doctor.world.app is not None
    doctor.world.app.permissions = {"metadata": "read", "issues": "write", "pull_requests": "write"}
    doctor.world.app.events = ("issue_comment", "repository")
    status, said = await doctor.examine()
    assert status == 0, said
    assert (
        "warn What the App may do: Traffic is left out, it takes Administration: read. No traffic is captured" in said
    )
    assert "warn What the App hears of: Not of" in said
    doctor.world.app.events = ("repository",)
    assert "nobody gets an answer" in (await doctor.examine())[1]
    doctor.world.app.permissions = {"metadata": "read", "issues": "read", "pull_requests": "write"}
    status, said = await doctor.examine()
    assert status == 1
    assert "fail What the App may do: Without Issues: write it cannot answer." in said


async def test_what_was_chosen_in_the_setup_must_be_there_and_the_rest_is_no_fault(
    doctor: Doctor, database_file: Path
) -> None:
    assert doctor.world.app is not None
    doctor.world.app.permissions = {"metadata": "read", "issues": "write", "pull_requests": "write"}
    path = keep(
        Credentials(
            doctor.keys.app_id, doctor.keys.client_id, doctor.keys.client_secret, doctor.keys.webhook_secret,
            doctor.keys.private_key, "almanac", f"{doctor.sandbox.url}/apps/almanac", doctor.sandbox.url, ("traffic",),
        ),
        database_file.parent,
    )  # fmt: skip
    for one in doctor.world.installations.values():
        del one.permissions["members"]
    unset = dict.fromkeys(("GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET"), "")
    status, said = await doctor.examine(**unset)
    assert status == 1
    assert f"the App's credentials come from {path}" in said
    assert "ok The stored keys:" in said
    assert "fail What the App may do: Traffic was chosen and Administration: read is missing." in said
    assert "ok What the App may do: CI share was left out. Traffic is shown without that share." in said
    assert "ok Who owns an organisation: acme: its owners are not recognised" in said, "left out on purpose"
    assert "ok The key of people's tokens: The App's private key in" in said
    path.chmod(0o640)
    assert "fail The stored keys: Others than the server's user can read" in (await doctor.examine(**unset))[1]


async def test_what_an_account_has_not_approved_is_told(doctor: Doctor) -> None:
    for one in doctor.world.installations.values():
        del one.permissions["administration"]
    status, said = await doctor.examine()
    assert status == 0, said
    assert "warn Where the App is installed: acme: Administration: read is not approved yet." in said
    doctor.world.installations.clear()
    said = (await doctor.examine())[1]
    assert f"warn Where the App is installed: Nowhere yet. → Install it: {doctor.sandbox.url}/apps/almanac" in said


async def test_whose_owners_are_not_recognised_is_told(doctor: Doctor) -> None:
    said = (await doctor.examine())[1]
    assert "ok Who owns an organisation: acme: its owners are recognised." in said
    for one in doctor.world.installations.values():
        del one.permissions["members"]
    status, said = await doctor.examine()
    assert status == 0, said
    assert "warn Who owns an organisation: acme: its owners are not recognised" in said
    assert "nobody gives a grant. → Give the App Organization permissions → Members: read" in said


async def test_webhooks_that_do_not_arrive(doctor: Doctor) -> None:
    """The server beside this test answers none of them with 2xx."""
    doctor.sandbox.hands.install("acme")
    await doctor.sandbox.settled()
    status, said = await doctor.examine()
    assert status == 1
    assert "fail Webhooks of the last day: 1 of the last 1 did not arrive." in said


async def test_a_database_that_is_not_there_is_not_made(doctor: Doctor, tmp_path: Path) -> None:
    status, said = await doctor.examine(DATABASE_URL=f"sqlite:///{tmp_path / 'other.db'}")
    assert status == 0, said
    assert "warn The database:" in said
    assert not (tmp_path / "other.db").exists()


def test_what_was_dropped_and_what_lies_in_no_year_is_told() -> None:
    facts = DatabaseFacts("PostgreSQL 15", 1, "1", (("raw answers", date(2025, 1, 1)),))
    step = checks_here.as_it_is(facts)
    assert (step.state, step.said.endswith("Of raw answers, those before 2025-01-01 were dropped.")) == ("ok", True)
    step = checks_here.as_it_is(replace(facts, astray=("raw answers", "lists of referrers and paths")))
    assert step.state == "warn"
    assert step.said.startswith(
        "There are raw answers and lists of referrers and paths of years that have no partition"
    )


def test_a_database_that_others_can_read_is_told(database_file: Path) -> None:
    """As files are that an earlier version made; they are not changed unasked."""
    url, log = f"sqlite:///{database_file}", database_file.with_name(f"{database_file.name}-wal")
    database_file.chmod(0o600)
    assert [step.state for step in checks_here.files(url)] == ["ok"]
    log.touch(0o640)
    (step,) = checks_here.files(url)
    assert (step.state, step.remedy) == ("warn", f"chmod 600 {log}")
    assert f"can read {log}." in step.said
    assert checks_here.files("postgresql://db.example/almanac") == []


async def test_a_file_that_is_no_database(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_text("no database, " * 1000)
    status, said = await doctor.examine(DATABASE_URL=f"sqlite:///{tmp_path / 'other.db'}")
    assert status == 1
    assert "fail The database: It cannot be read and written" in said


async def test_another_server_behind_the_public_address(doctor: Doctor) -> None:
    """The sandbox stands for somebody else: it has no /healthz of ours."""
    status, said = await doctor.examine(PUBLIC_URL=doctor.sandbox.url)
    assert status == 1
    assert f"fail The public address: Something else answers at {doctor.sandbox.url} (status 404)." in said


async def test_a_public_address_that_leads_on_is_not_followed(doctor: Doctor) -> None:
    """Whoever holds the name may lead to what only this machine can reach."""
    asked: list[str] = []

    async def lead(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=302, headers={"Location": f"http://{request.host}/inside"})

    app = web.Application()
    app.router.add_get("/{path:.*}", lead)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        status, said = await doctor.examine(PUBLIC_URL=url)
    assert status == 1
    assert f"fail The public address: {url} leads on to {url}/inside." in said
    assert asked == ["/healthz"]


@pytest.mark.parametrize(("seconds", "state"), [(-29, "ok"), (31, "warn"), (-61, "fail"), (61, "fail")])
def test_a_clock_may_be_half_a_minute_off(seconds: float, state: str) -> None:
    assert checks_here.off_by(seconds).state == state


@pytest.mark.parametrize(("free", "state"), [(2 << 30, "ok"), (500 << 20, "warn"), (50 << 20, "fail")])
def test_a_disk_that_is_nearly_full(tmp_path: Path, free: int, state: str) -> None:
    assert checks_here.space(free, tmp_path).state == state
    assert checks_here.disk(tmp_path / "file").state in ("ok", "warn")
    (tmp_path / "plain").write_text("")
    assert checks_here.disk(tmp_path / "plain").state == "fail"
