"""Any repository with a token of one's own: stories over real HTTP, and the token looked for where it must not be."""

from __future__ import annotations

import asyncio
import csv
import gc
import html
import io
import json
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import structlog

from dashboard.analysis import ANALYSES, AT_ONCE, NOT_THERE, Analyses
from dashboard.analysis_folder import NAME, Folder, clear
from dashboard.analysis_run import Run
from dashboard.analysis_wanted import read
from dashboard.chart_script import ChartScript
from github.credentials import PersonalToken
from handlers.events import github_app_authorization
from reports.pool import Pool
from sandbox.dataset import Dataset
from sandbox.faults import Fault, Match
from sandbox.generate import generate
from sandbox.load import load
from storage.columns import EPOCH
from storage.sessions import persons_called
from tests.dashboard.conftest import no_library
from tests.dashboard.people import NOW, Browser, Place, Seen, open_place

TOKEN = "ghp_" + "k3Rq9ZtLw0aPxVbN" * 2
FINE = "github_pat_" + "11AAxQ_z7Yw0" * 5
PATIENCE = 60.0
REPOSITORY = Match("GET", "/repos/*")
NOT_ACCESSIBLE = '{"message": "Resource not accessible by personal access token"}'


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """A repository with some months of work, the smallest that the sandbox makes."""
    return min(generate(7, NOW, months=4, scale=0.15), key=lambda one: len(one.pulls) or 10**6)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    made = Pool(1)
    yield made
    made.close()


@pytest.fixture
async def ground(place: Place, dataset: Dataset, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place beside a GitHub that has one more repository, on which nothing is installed; charts are pictures."""
    monkeypatch.setattr(ChartScript, "make", no_library)
    load(place.world, [dataset])
    place.world.add_personal_token(TOKEN, "slate")
    place.world.add_personal_token(FINE, "slate")
    analyses = await all_of(place)
    analyses.world = replace(analyses.world, services=replace(analyses.world.services, pool=pool))
    return place


async def all_of(place: Place) -> Analyses:
    return ANALYSES.of(await place.front())


async def signed_in(place: Place, login: str) -> Browser:
    browser = place.browser()
    await browser.sign_in(login)
    return browser


def name_of(dataset: Dataset) -> tuple[str, str]:
    owner, _, name = str(dataset.repo["full_name"]).partition("/")
    return owner, name


async def begun(browser: Browser, owner: str, name: str, token: str = TOKEN, **more: str) -> Seen:
    csrf = await browser.csrf()
    form = {"csrf": csrf, "owner": owner, "repository": name, "token": token, "period": "all", **more}
    return await browser.post("/analyse", form)


async def until(place: Place, seen: Seen, *states: str) -> Run:
    """Wait until an analysis is in one of these states."""
    assert seen.status == 303, seen.text
    run = (await all_of(place)).runs[seen.location.rpartition("/")[2]]
    await eventually(lambda: run.state in states)
    return run


async def eventually(happened: Callable[[], bool]) -> None:
    """Wait until something has happened; a minute is too long."""
    async with asyncio.timeout(PATIENCE):
        while not happened():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.02)


async def test_a_repository_is_read_shown_and_taken_away(ground: Place, dataset: Dataset) -> None:
    """slate may see nothing here, and analyses what their own token shows them."""
    slate = await signed_in(ground, "slate")
    owner, name = name_of(dataset)
    seen = await begun(slate, owner, name)
    run = await until(ground, seen, "done", "failed")
    assert run.state == "done", run.sentence
    page = await slate.get(seen.location)
    assert page.status == 200
    assert "Plots" in page.text
    assert 'class="finding"' in page.text
    metrics = re.findall(r'\?metric=([a-z-]+)"', page.text)
    assert {"pulls", "issues", "commits"} <= set(metrics)
    assert "traffic" not in metrics
    tab = await slate.get(f"{seen.location}?metric=issues")
    assert tab.status == 200
    assert f"python -m bot report {owner}/{name} " in tab.text, "the App need not be installed there"
    assert "/analytics" not in tab.text
    pictures = re.findall(r'<img src="([^"]+\.png[^"]*)"', tab.text)
    assert pictures
    async with ground.session.get(ground.url + pictures[0].replace("&amp;", "&"), headers=cookies(slate)) as picture:
        assert (picture.status, (await picture.read())[:4]) == (200, b"\x89PNG")
    data = await slate.get(f"{seen.location}/data")
    assert "Pull requests" in data.text
    assert "Traffic" not in data.text
    preview = await slate.get(f"{seen.location}/data/pulls?sort=number&order=asc")
    assert preview.status == 200
    file = await slate.get(f"{seen.location}/data/pulls.csv")
    numbers = [int(line["number"]) for line in csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff")))]
    assert sorted(numbers) == sorted(int(one["number"]) for one in dataset.pulls)
    listed = json.loads((await slate.get(f"{seen.location}/data/issues.json")).text)
    assert len(listed) == len(dataset.issues)
    async with ground.session.get(f"{ground.url}{seen.location}/data/pulls.parquet", headers=cookies(slate)) as parquet:
        assert (await parquet.read())[:4] == b"PAR1"


def cookies(browser: Browser) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())}


@pytest.mark.parametrize("token", [TOKEN, FINE])
async def test_the_token_is_nowhere(
    ground: Place, dataset: Dataset, tmp_path: Path, capfd: pytest.CaptureFixture[str], token: str
) -> None:
    """Not in the log, whole; not in any file under DATA_DIR; not in what an object says of itself; not in a page."""
    with structlog.testing.capture_logs() as logged:
        slate = await signed_in(ground, "slate")
        seen = await begun(slate, *name_of(dataset), token=token)
        run = (await all_of(ground)).runs[seen.location.rpartition("/")[2]]
        assert run.token == token
        assert token not in repr(run)
        assert token not in repr(await all_of(ground)) + repr((await all_of(ground)).__dict__)
        pages = [await slate.get(seen.location)]
        run = await until(ground, seen, "done")
        pages += [await slate.get(path) for path in (seen.location, f"{seen.location}/data", "/analyse")]
    assert run.token is None
    assert token not in repr(logged) + "".join(capfd.readouterr())
    assert not any(token in page.text + repr(page.headers) for page in pages)
    files = all_files(tmp_path)
    assert run.database in files
    for path, data in files.items():
        assert token.encode() not in data, path
    mode = stat.S_IMODE(run.database.stat().st_mode), stat.S_IMODE(run.database.parent.stat().st_mode)
    assert mode == (0o600, 0o700)
    gc.collect()
    assert not [one for one in gc.get_objects() if isinstance(one, PersonalToken) and one.token == token]


def all_files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_cancelling_in_the_middle_leaves_nothing(ground: Place, dataset: Dataset) -> None:
    ground.sandbox.faults.add(Fault(Match("POST", "/graphql"), "latency", times=None, delay=0.3))
    slate = await signed_in(ground, "slate")
    seen = await begun(slate, *name_of(dataset))
    run = await until(ground, seen, "reading")
    await eventually(lambda: run.done > 0)
    assert run.database.exists()
    gone = await slate.post(f"{seen.location}/cancel", {"csrf": await slate.csrf()})
    assert (gone.status, gone.location) == (303, f"/analyse?{run.wanted.query}&ended=yes")
    assert run.token is None
    assert not run.database.parent.exists()
    assert run.working is not None
    assert run.working.done()
    assert (await slate.get(seen.location)).status == 404


async def test_how_far_it_is_comes_by_itself(ground: Place, dataset: Dataset) -> None:
    ground.sandbox.faults.add(Fault(Match("POST", "/graphql"), "latency", times=None, delay=0.6))
    slate = await signed_in(ground, "slate")
    seen = await begun(slate, *name_of(dataset))
    page = await slate.get(seen.location)
    assert page.headers["Refresh"] == "3"
    assert f'data-events="{seen.location}/events"' in page.text
    async with ground.session.get(f"{ground.url}{seen.location}/events", headers=cookies(slate)) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        lines = [line async for line in stream.content]
    told = [json.loads(line[6:]) for line in lines if line.startswith(b"data: ")]
    assert told[-1]["state"] == "done"
    assert told[-1]["phase"] == "Done"
    assert any(re.fullmatch(r"Reading [a-z ]+[^s]s", str(one["phase"])) for one in told)
    assert any(re.fullmatch(r"\d+( of \d+)? [a-z ]+[^s]s", str(one["rows"])) for one in told)


async def test_only_who_began_it_sees_it(ground: Place, dataset: Dataset) -> None:
    slate, jade = await signed_in(ground, "slate"), await signed_in(ground, "jade")
    seen = await begun(slate, *name_of(dataset))
    await until(ground, seen, "done")
    for path in ("", "/events", "/data", "/data/pulls", "/data/pulls.csv", "/pulls/chart/1.png"):
        theirs, none = await jade.get(seen.location + path), await jade.get(f"/analyse/{'x' * 43}{path}")
        assert (theirs.status, theirs.text) == (none.status, none.text) == (404, NOT_THERE)
    csrf = await jade.csrf()
    assert (await jade.post(f"{seen.location}/cancel", {"csrf": csrf})).status == 404
    assert (await slate.get(seen.location)).status == 200
    assert (await ground.browser().get(seen.location)).status == 303


async def test_one_each_and_few_in_all(ground: Place, dataset: Dataset) -> None:
    ground.sandbox.faults.add(Fault(Match("GET", "/repos/*"), "latency", times=None, delay=30))
    analyses = await all_of(ground)
    slate = await signed_in(ground, "slate")
    owner, name = name_of(dataset)
    seen = await begun(slate, owner, name)
    second = await begun(slate, owner, name)
    assert (second.status, "still being read" in second.text) == (429, True)
    wanted, _ = read({"owner": owner, "repository": name}, (), NOW)
    for login in ("beryl", "coral", "flint")[: AT_ONCE - 1]:
        ground.world.account(login)
        await signed_in(ground, login)
        (person,) = await ground.store.read(partial(persons_called, name=login, since=EPOCH))
        await analyses.begin(person.id, wanted, TOKEN)
    jade = await begun(await signed_in(ground, "jade"), owner, name)
    assert (jade.status, "for others" in jade.text) == (429, True)
    await slate.post(f"{seen.location}/cancel", {"csrf": await slate.csrf()})
    assert (await begun(slate, owner, name)).status == 303


async def test_whoever_asks_six_times_at_once_has_one(ground: Place, dataset: Dataset) -> None:
    ground.sandbox.faults.add(Fault(Match("GET", "/repos/*"), "latency", times=None, delay=30))
    slate = await signed_in(ground, "slate")
    owner, name = name_of(dataset)
    seen = await asyncio.gather(*(begun(slate, owner, name) for _ in range(6)))
    assert sorted(one.status for one in seen) == [303, *[429] * 5]


async def test_signing_out_everywhere_ends_what_is_read(ground: Place, dataset: Dataset) -> None:
    """With it goes the token: nobody is there any more who has given it."""
    ground.sandbox.faults.add(Fault(Match("GET", "/repos/*"), "latency", times=None, delay=30))
    slate = await signed_in(ground, "slate")
    await begun(slate, *name_of(dataset))
    (run,) = (await all_of(ground)).runs.values()
    held = run.token
    assert (await slate.post("/logout/everywhere", {"csrf": await slate.csrf()})).status == 303
    assert (held, run.token) == (TOKEN, None)
    assert (await all_of(ground)).runs == {}


async def test_it_goes_on_while_its_person_is_signed_in_anywhere(ground: Place, dataset: Dataset) -> None:
    """As the page promises: signing out of one browser leaves it to the other."""
    ground.sandbox.faults.add(Fault(Match("GET", "/repos/*"), "latency", times=None, delay=30))
    one, other = await signed_in(ground, "slate"), await signed_in(ground, "slate")
    await begun(one, *name_of(dataset))
    analyses = await all_of(ground)
    (run,) = analyses.runs.values()
    assert "once you are signed in nowhere any more" in (await one.get("/analyse")).text
    for browser, left in ((one, [run]), (other, [])):
        assert (await browser.post("/logout", {"csrf": await browser.csrf()})).status == 303
        await analyses.sweep()
        assert list(analyses.runs.values()) == left
    assert run.token is None
    assert "you are signed in nowhere any more" in NOT_THERE


async def test_where_what_was_allowed_is_taken_back_at_github_it_ends_too(ground: Place, dataset: Dataset) -> None:
    """The webhook ends the sessions; within a minute nothing is read any more for who is signed in nowhere."""
    ground.sandbox.faults.add(Fault(Match("GET", "/repos/*"), "latency", times=None, delay=30))
    slate = await signed_in(ground, "slate")
    await begun(slate, *name_of(dataset))
    jade = await signed_in(ground, "jade")
    ground.world.add_personal_token(TOKEN, "jade")
    await begun(jade, *name_of(dataset))
    analyses = await all_of(ground)
    theirs, hers = analyses.runs.values()
    sender = ground.world.account("slate")
    services = analyses.world.services
    await github_app_authorization.handle(services, "story", {"action": "revoked", "sender": {"id": sender.id}})
    await analyses.sweep()
    assert (theirs.state, theirs.token, hers.state, hers.token) == ("failed", None, "reading", TOKEN)
    assert list(analyses.runs.values()) == [hers]


@pytest.mark.parametrize(
    ("fault", "token", "name", "sentence"),
    [
        (None, "ghp_" + "wrong" * 7, None, "does not accept this token"),
        (None, TOKEN, "nothing-here", "There is no repository"),
        (Fault(REPOSITORY, "status", status=403, times=None, body=NOT_ACCESSIBLE), TOKEN, None, "refuses to show"),
    ],
)  # fmt: skip
async def test_what_github_refuses_is_said(
    ground: Place, dataset: Dataset, fault: Fault | None, token: str, name: str | None, sentence: str
) -> None:
    if fault is not None:
        ground.sandbox.faults.add(replace(fault, hit=0, seen=0))
    slate = await signed_in(ground, "slate")
    owner, known = name_of(dataset)
    seen = await begun(slate, owner, name or known, token=token)
    run = await until(ground, seen, "failed", "done")
    assert run.state == "failed"
    page = await slate.get(seen.location)
    assert (page.status, sentence in page.text, token in page.text) == (200, True, False)
    assert "Refresh" not in page.headers
    assert run.token is None
    await eventually(lambda: not run.database.parent.exists())
    assert (await begun(slate, owner, known)).status == 303


async def test_what_did_not_work_leads_back_to_the_form_as_it_was(ground: Place) -> None:
    slate = await signed_in(ground, "slate")
    seen = await begun(slate, "slate", "mistyped", period="30d", metrics="pulls")
    await until(ground, seen, "failed")
    page = await slate.get(seen.location)
    (back,) = re.findall(r'href="(/analyse\?[^"]+)"', page.text)
    assert back == "/analyse?owner=slate&amp;repository=mistyped&amp;period=30d&amp;metrics=pulls"
    form = (await slate.get(html.unescape(back))).text
    assert 'value="slate"' in form
    assert 'value="mistyped"' in form
    assert '<option value="30d" selected>' in form
    assert 'value="pulls" checked' in form
    assert TOKEN not in form
    ended = await slate.post(f"{seen.location}/cancel", {"csrf": await slate.csrf()})
    assert "The analysis of slate/mistyped has ended" in (await slate.get(ended.location)).text


async def test_a_private_repository_that_the_token_does_not_see_is_not_there(ground: Place) -> None:
    slate = await signed_in(ground, "slate")
    run = await until(ground, await begun(slate, "quartz", "vault"), "failed", "done")
    assert "There is no repository quartz/vault" in run.sentence


async def test_an_outage_is_waited_for_and_said(ground: Place, dataset: Dataset) -> None:
    ground.sandbox.faults.add(Fault(Match("POST", "/graphql"), "status", times=None, status=502))
    slate = await signed_in(ground, "slate")
    seen = await begun(slate, *name_of(dataset))
    run = await until(ground, seen, "waiting", "failed")
    assert run.state == "waiting", run.sentence
    assert "GitHub does not answer at the moment. Reading goes on by itself at" in (await slate.get(seen.location)).text
    ground.sandbox.faults.clear()
    ground.wait(minutes=30)
    assert (await until(ground, seen, "done", "failed")).state == "done"


async def test_a_limit_is_waited_for_and_says_until_when(ground: Place, dataset: Dataset) -> None:
    reset = int((NOW + timedelta(minutes=40)).timestamp())
    headers = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    body = '{"message": "API rate limit exceeded for user ID 1."}'
    ground.sandbox.faults.add(
        Fault(Match("GET", "/repos/*"), "status", times=1, status=403, headers=headers, body=body)
    )
    slate = await signed_in(ground, "slate")
    seen = await begun(slate, *name_of(dataset))
    run = await until(ground, seen, "waiting", "failed", "done")
    assert run.state == "waiting", run.sentence
    page = await slate.get(seen.location)
    assert "limit for this token is used up. Reading goes on by itself at 12:4" in page.text
    ground.wait(minutes=42)
    assert (await until(ground, seen, "done", "failed")).state == "done"


async def test_what_nobody_looks_at_is_forgotten(ground: Place, dataset: Dataset) -> None:
    slate = await signed_in(ground, "slate")
    seen = await begun(slate, *name_of(dataset))
    run = await until(ground, seen, "done")
    ground.wait(minutes=100)
    assert (await slate.get(seen.location)).status == 200
    ground.wait(minutes=121)
    gone = await slate.get(seen.location)
    assert (gone.status, "two hours" in gone.text) == (404, True)
    assert not run.database.exists()


async def test_the_end_of_the_server_leaves_nothing(ground: Place, dataset: Dataset, tmp_path: Path) -> None:
    slate = await signed_in(ground, "slate")
    run = await until(ground, await begun(slate, *name_of(dataset)), "done")
    assert run.database.exists()
    await (await ground.front()).close()
    assert list((tmp_path / NAME).iterdir()) == []


async def test_a_server_that_starts_deletes_what_one_before_it_left(database_file: Path, tmp_path: Path) -> None:
    """Nobody has to open a page for that."""
    left = tmp_path / NAME / "server-old"
    left.mkdir(parents=True)
    (left / "analysis.db").write_bytes(b"rows")
    async with open_place(f"sqlite:///{database_file}", tmp_path):
        assert not left.parent.exists()


def test_what_a_killed_server_left_is_deleted_and_what_another_uses_is_not(tmp_path: Path) -> None:
    left = tmp_path / NAME / "server-old"
    left.mkdir(parents=True)
    (left / "lock").touch()
    (left / "analysis.db").write_bytes(b"rows")
    used = Folder(tmp_path)
    assert not left.exists()
    database = used.database("one")
    assert clear(tmp_path) == 0
    assert database.exists()
    used.close()
    assert not database.exists()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"owner": "../x"}, "The owner"),
        ({"repository": ""}, "The repository"),
        ({"repository": ".."}, "The repository"),
        ({"token": "two words"}, "A token"),
        ({"period": "ever"}, "The period"),
        ({"since": "2027-01-01"}, "begin"),
        ({"metrics": "nothing"}, "nothing"),
    ],
)
async def test_a_form_that_is_wrong_comes_back_without_the_token(
    ground: Place, form: dict[str, str], sentence: str
) -> None:
    slate = await signed_in(ground, "slate")
    given = {
        "csrf": await slate.csrf(),
        "owner": "quartz",
        "repository": "mine",
        "token": TOKEN,
        "period": "30d",
        **form,
    }
    seen = await slate.post("/analyse", given)
    assert (seen.status, sentence in seen.text, TOKEN in seen.text) == (422, True, False)
    assert (await all_of(ground)).runs == {}


async def test_a_form_of_another_site_begins_nothing(ground: Place) -> None:
    slate = await signed_in(ground, "slate")
    form = {"csrf": await slate.csrf(), "owner": "quartz", "repository": "mine", "token": TOKEN}
    assert (await slate.post("/analyse", form, Origin="https://elsewhere.example")).status == 403
    assert (await slate.post("/analyse", {**form, "csrf": "no"})).status == 403


@pytest.mark.parametrize(
    ("owner", "repository"),
    [
        ("octocat", "hello"), ("", "octocat/hello"), ("octocat/hello", ""), ("", "https://github.com/octocat/hello"),
        ("octocat", "https://github.com/octocat/hello.git?tab=readme"),
    ],
)  # fmt: skip
def test_a_repository_may_be_given_as_one(owner: str, repository: str) -> None:
    wanted, wrong = read({"owner": owner, "repository": repository}, (), NOW)
    assert (wanted.full_name, wrong) == ("octocat/hello", ())
