"""One analysis of any repository, read with the token of whoever asked, which nobody else ever sees.

The token is in this object and in the client that reads, for as long as reading lasts, and nowhere else: not in a log,
an address, a job or a database.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, cast

import aiohttp
import structlog

from analytics.words import number
from dashboard.analysis_wanted import Wanted
from github.client import GitHub
from github.endpoints import Endpoints
from github.errors import Gone, Later, Overloaded, QueryFailed, Refused
from github.reads.repository import repository as repository_facts
from reports.answer import Answer
from reports.bringing import Known, bring, ref
from reports.capture_times import PERSONAL
from reports.compute_task import Task
from reports.services import Services
from reports.walk import Progress, Reading
from storage.engine import Store
from storage.installations import Installation, Repository, Visibility, save_installation, save_repository

State = Literal["reading", "waiting", "measuring", "done", "failed"]
PATIENCE = timedelta(seconds=20)  # with GitHub's limits in silence; longer waits are said
LONGEST_WAIT = timedelta(hours=2)
LONGEST_RUN = timedelta(hours=12)
USED_UP = "GitHub's limit for this token is used up"
NO_ANSWER = "GitHub does not answer at the moment"
LOOK = 0.5  # seconds between looks at the clock while GitHub is waited for
MIGRATE = "import sys; from storage.migrate import upgrade; upgrade(sys.argv[1])"
ROOT = Path(__file__).parents[1]
TOLD = "Nothing of it is kept."

log = structlog.get_logger(__name__)


class Failed(Exception):  # noqa: N818 - an ending that is told
    """An analysis cannot go on; its text is a sentence for whoever began it."""


@dataclass(frozen=True)
class World:
    """What an analysis needs of the outside."""

    services: Services
    session: aiohttp.ClientSession
    endpoints: Endpoints


@dataclass(eq=False)
class Run:
    """One analysis: whose it is, how far it has come, and what came of it.

    key: 256 bits, in its address · noun, done, total: rows read so far of the dataset that is being read, and how many
    there are where GitHub has said it · until: when a wait ends · sentence: why
    it failed · used: when somebody last looked.
    """

    key: str
    person_id: int
    wanted: Wanted
    begun: datetime
    used: datetime
    database: Path
    token: str | None = field(repr=False)
    state: State = "reading"
    phase: str = "Looking the repository up"
    noun: str = ""
    done: int = 0
    total: int | None = None
    until: datetime | None = None
    sentence: str = ""
    ended: datetime | None = None
    repository: Repository | None = None
    answer: Answer | None = None
    task: Task | None = field(default=None, repr=False)
    store: Store | None = field(default=None, repr=False)
    working: asyncio.Task[None] | None = field(default=None, repr=False)
    drawing: dict[str, asyncio.Task[Answer]] = field(default_factory=dict, repr=False)

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed")

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database.absolute()}"

    def say(self, state: State, phase: str, **changed: object) -> None:
        """Note how far it is."""
        self.state, self.phase = state, phase
        for name, value in changed.items():
            setattr(self, name, value)

    async def report(self, progress: Progress) -> None:
        """Note how far reading has come."""
        rows = progress.noun
        self.say("reading", f"Reading {rows}", noun=rows, done=progress.done, total=progress.total, until=None)

    def facts(self, now: datetime) -> Mapping[str, object]:
        """Return how far it is, for a page and for who watches: nothing here was said by anybody else."""
        return {
            "state": self.state,
            "phase": self.phase,
            "rows": f"{number(self.done)} of {number(self.total)} {self.noun}"
            if self.total is not None
            else f"{number(self.done)} {self.noun}" if self.noun else "",
            "share": round(min(self.done / self.total, 1), 3) if self.total else None,
            "elapsed": int(((self.ended or now) - self.begun).total_seconds()),
        }  # fmt: skip


async def work(run: Run, world: World, keep: Callable[[Run], Awaitable[None]]) -> None:
    """Read, measure, keep, and end; whatever goes wrong ends it with a sentence. Cancelling ends it at once."""
    try:
        known, moment = await gathered(run, world)
        run.token = None  # everything has been read
        run.say("measuring", "Measuring", until=None)
        run.task = task_of(run, known, moment)
        answered = await world.services.pool.run("answer", run.task)
        assert isinstance(answered, Answer), "what compute.answer returns"
        nothing_read(answered)
        sentences = (*answered.completeness.sentences, *known.sentences)
        run.answer = with_sentences(answered, sentences)
        await keep(run)
        run.say("done", "Done", ended=world.services.now())
    except Failed as failed:
        run.say("failed", "It could not be done", sentence=str(failed), ended=world.services.now(), until=None)
    except Exception as error:  # noqa: BLE001 - it is said, and nobody else waits for it
        # what is ours: the kind alone, since nobody knows what a message repeats
        log.error("an analysis failed", error=type(error).__name__)  # noqa: TRY400 - without what was in its variables
        sentence = f"Something went wrong here, not at GitHub ({type(error).__name__}). {TOLD}"
        run.say("failed", "It could not be done", sentence=sentence, ended=world.services.now(), until=None)
    finally:
        run.token = None


def with_sentences(answer: Answer, sentences: tuple[str, ...]) -> Answer:
    """Return an answer that says these sentences of how complete it is."""
    return replace(answer, completeness=replace(answer.completeness, sentences=sentences))


def task_of(run: Run, known: Known, moment: datetime) -> Task:
    """Return what a worker is asked."""
    return replace(known.task(run.url, moment, pictures=False), most_pictures=None, specs=True)


async def gathered(run: Run, world: World) -> tuple[Known, datetime]:
    """Read what the question needs; return what is known then, and as of when."""
    now = world.services.now
    assert run.token is not None, "it has just begun"
    github = GitHub.for_token(
        world.session, run.token, world.endpoints, now, world.services.sleep, patience=PATIENCE
    )  # fmt: skip
    await migrated(run.url)
    store = run.store = await Store.open(run.url)
    try:
        while True:
            try:
                moment = now().replace(microsecond=0)
                found = run.repository = await looked_up(run, github, store)
                question = run.wanted.question(moment, found.id, found.full_name)
                reading = Reading(store, github, ref(found), now, run.report)
                return await bring(reading, found, question), moment
            except Later as later:
                await wait(run, later, now)
    except Gone:
        raise Failed(
            f"There is no repository {run.wanted.full_name}, or the person whose token this is may not see it. A "
            "fine-grained token sees only the repositories that were chosen for it."
        ) from None
    except Refused as refused:
        raise Failed(refusal(refused, run.wanted.full_name)) from None
    except (Overloaded, QueryFailed) as error:
        raise Failed(f"GitHub could not answer: {error.reason}. {TOLD}") from None


async def looked_up(run: Run, github: GitHub, store: Store) -> Repository:
    """Return the repository as GitHub has it, once it is stored."""
    if run.repository is not None:
        return run.repository
    said = await repository_facts(github, run.wanted.owner, run.wanted.name)
    visibility = cast("Visibility", said.visibility)
    branch = said.default_branch or "main"
    found = Repository(said.id, PERSONAL, said.owner, said.name, visibility, branch, said.archived)
    await store.write(lambda conn: save_installation(conn, Installation(PERSONAL, "", 0, "User")))
    await store.write(lambda conn: save_repository(conn, found))
    return found


def refusal(refused: Refused, name: str) -> str:
    """Return why GitHub refuses, and what to do."""
    if refused.status == 401:
        return "GitHub does not accept this token. It may be mistyped, expired or taken back."
    needs = f" It needs the permission {refused.permission}." if refused.permission else ""
    return (
        f"GitHub refuses to show {name} to this token: {refused.reason}.{needs} A fine-grained token needs to read "
        "contents, issues, metadata and pull requests; a classic one the scope repo for what is private. An "
        "organisation may want single sign-on for it first."
    )


def nothing_read(answer: Answer) -> None:
    """Raise Failed where GitHub refused every dataset that was asked for."""
    states = answer.completeness.datasets.values()
    refused = sorted({state.error for state in states if state.error})
    if states and refused and all(state.error for state in states):
        raise Failed(f"Nothing could be read with this token: {'; '.join(refused)}.")


async def wait(run: Run, later: Later, now: Callable[[], datetime]) -> None:
    """Wait until GitHub answers again, and say so; raises Failed where that is too long."""
    until = later.until
    if until - now() > LONGEST_WAIT or now() - run.begun > LONGEST_RUN:
        raise Failed(f"GitHub does not answer before {until:%Y-%m-%d %H:%M} UTC: {later.reason}. {TOLD}")
    why = USED_UP if "limit" in later.reason.lower() else NO_ANSWER
    run.say("waiting", f"{why}. Reading goes on by itself at {until:%H:%M} UTC", until=until)
    while now() < until:  # noqa: ASYNC110 - the clock is an argument, and nothing else tells that it goes on
        await asyncio.sleep(LOOK)


async def migrated(url: str) -> None:
    """Give an empty database its tables, by a process of its own: what makes them is too large for a server."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MIGRATE, url, cwd=ROOT, env={}, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        status = await child.wait()
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise
    if status:
        raise RuntimeError(f"the database of an analysis could not be made (status {status})")
