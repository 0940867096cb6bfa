"""`python -m bot report OWNER/REPO`: analyse one repository now, with a personal token; nothing is kept by default."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import cast

import aiohttp
import click
import msgspec

from analytics.metrics import all_metrics
from bot import logs
from bot.now import following, machine_now
from bot.progress import Meter
from github.client import GitHub
from github.endpoints import Endpoints
from github.errors import Gone, Later, Overloaded, QueryFailed, Refused
from github.reads.repository import RepositoryFacts
from github.reads.repository import repository as repository_facts
from reports.answer import Answer
from reports.answering import bring, ref
from reports.capture_times import PERSONAL
from reports.export import as_csv, as_json
from reports.markdown import comment
from reports.mistake import Mistake
from reports.question import Question
from reports.walk import Progress, Reading
from storage.engine import Store
from storage.installations import Installation, Repository, Visibility, save_installation, save_repository

FORMATS = ("markdown", "json", "csv", "png")
COMPARED = ("previous", "year")  # what one reading of one repository holds
SQLITE_START = b"SQLite format 3\0"


@dataclass(frozen=True)
class Wanted:
    """What was asked on the command line."""

    owner: str
    name: str
    since: str | None
    until: str | None
    metrics: tuple[str, ...]
    pictures: bool
    store: Path | None
    options: tuple[tuple[str, str], ...] = ()
    """What narrows the rows, and what they are compared with; written as in a comment."""


@click.command()
@click.argument("repository", metavar="OWNER/REPO")
@click.option(
    "--since", metavar="WHEN", help="Start: 2026-01-01, 2026-01-01T08:00:00Z, 90d, 6m, ytd or all. Default: 30d."
)
@click.option("--until", metavar="WHEN", help="End, not included; written like --since. Default: now.")
@click.option("--metric", "metrics", multiple=True, metavar="NAME", help="May be repeated. Default: every metric.")
@click.option("--author", "authors", multiple=True, metavar="LOGIN", help="Only what these people wrote; repeatable.")
@click.option("--label", "labels", multiple=True, metavar="NAME", help="Only what has one of these labels.")
@click.option("--base", "bases", multiple=True, metavar="BRANCH", help="Only pull requests into these branches.")
@click.option("--vs", type=click.Choice(COMPARED), help="What to compare with. Default: the period before.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="markdown", show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the files (png needs it).")
@click.option(
    "--store", type=click.Path(dir_okay=False, path_type=Path), help="Keep what was read in this SQLite file."
)
@click.option("--quiet", is_flag=True, help="No progress on standard error.")
def command(  # noqa: PLR0917 - click passes them by name
    repository: str,
    since: str | None,
    until: str | None,
    metrics: tuple[str, ...],
    authors: tuple[str, ...],
    labels: tuple[str, ...],
    bases: tuple[str, ...],
    vs: str | None,
    form: str,
    out: Path | None,
    store: Path | None,
    quiet: bool,  # noqa: FBT001 - click gives it by name
) -> None:
    """Analyse one repository on demand. Reads GITHUB_TOKEN; needs no server and no installation."""
    owner, _, name = repository.partition("/")
    if not owner or not name or "/" in name:
        raise click.UsageError(f"{repository!r} is not a repository; it must look like OWNER/REPO")
    if form == "png" and out is None:
        raise click.UsageError("--format png needs --out DIR, the folder to put the pictures into")
    logs.configure("warning")
    given = {"author": authors, "label": labels, "base": bases, "vs": () if vs is None else (vs,)}
    options = tuple((key, value) for key, values in given.items() for value in values)
    wanted = Wanted(owner, name, since, until, metrics, form == "png", store, options)
    meter = None if quiet else Meter(sys.stderr)
    try:
        answer, facts = asyncio.run(analyse(wanted, meter))
    except Mistake as mistake:
        near = f" Did you mean `{mistake.nearest}`?" if mistake.nearest else ""
        raise click.UsageError(f"{mistake.sentence}{near}") from mistake
    except (Gone, Refused, Later, Overloaded, QueryFailed, ValueError) as error:
        raise click.ClickException(f"{repository}: {sentence(error)}") from error
    try:
        write(answer, facts, form, out)
    except OSError as error:
        raise click.ClickException(f"the answer cannot be written: {error}") from error
    refused = {state.error for state in answer.completeness.datasets.values()}
    if refused and None not in refused:
        raise click.ClickException(f"{repository}: nothing could be read: {'; '.join(sorted(filter(None, refused)))}")


def sentence(error: Exception) -> str:
    """Say what kept GitHub from answering, and what to look at."""
    if isinstance(error, Gone):
        return "there is no such repository, or the person whose GITHUB_TOKEN this is may not see it"
    if isinstance(error, Refused) and error.status == 401:
        return "GitHub does not accept GITHUB_TOKEN; it may be mistyped, expired or another GitHub's"
    return str(error)


async def analyse(wanted: Wanted, meter: Meter | None) -> tuple[Answer, Repository]:
    """Read what the question needs, with the token from the environment, and answer it in this process."""
    token = os.environ.get("GITHUB_TOKEN", "").strip()
    if not token:
        raise click.UsageError("GITHUB_TOKEN is missing: a personal token that may read the repository")
    report = meter.report if meter is not None else silent
    async with world(wanted.store) as (store, session, now):
        moment = now().replace(microsecond=0)
        asked = Question.from_options(
            since=wanted.since,
            until=wanted.until,
            metrics=wanted.metrics,
            now=moment,
            repository_id=0,
            repository=f"{wanted.owner}/{wanted.name}",
            known=all_metrics(),
            options=wanted.options,
        )
        # an empty variable is an absent one
        urls = [os.environ.get(name, "").strip() or None for name in ("GITHUB_GRAPHQL_URL", "GITHUB_URL")]
        api = os.environ.get("GITHUB_API_URL", "").strip()
        endpoints = Endpoints.of(api, *urls) if api else Endpoints.of(graphql_url=urls[0], web_url=urls[1])
        github = GitHub.for_token(session, token, endpoints, now, asyncio.sleep)
        said = await facts_of(github, wanted)
        visibility = cast("Visibility", said.visibility)
        branch = said.default_branch or "main"
        found = Repository(said.id, PERSONAL, said.owner, said.name, visibility, branch, said.archived)
        question = replace(asked, repository_id=found.id, repository=found.full_name)
        await store.write(lambda connection: save_installation(connection, Installation(PERSONAL, "", 0, "User")))
        await store.write(lambda connection: save_repository(connection, found))
        reading = Reading(store, github, ref(found), now, report)
        try:
            known = await bring(reading, found, question)
            if meter is not None:
                meter.measuring()
            from reports.compute import answer  # noqa: PLC0415 - pandas, only once everything has been read

            answered = answer(known.task(store.url, moment, pictures=wanted.pictures))
            sentences = (*answered.completeness.sentences, *known.sentences)
            return replace(answered, completeness=replace(answered.completeness, sentences=sentences)), found
        finally:
            if meter is not None:
                meter.end()


async def silent(_progress: Progress) -> None:
    """Tell nobody how far reading has come."""


async def facts_of(github: GitHub, wanted: Wanted) -> RepositoryFacts:
    """Look the repository up; an answer that no GitHub gives raises ValueError."""
    try:
        return await repository_facts(github, wanted.owner, wanted.name)
    except (KeyError, TypeError) as error:
        raise ValueError(f"what answers at {github.endpoints.api} is not GitHub's REST API") from error


@asynccontextmanager
async def world(kept: Path | None) -> AsyncIterator[tuple[Store, aiohttp.ClientSession, Callable[[], datetime]]]:
    """Open a store (in a temporary folder unless one is to be kept), a session, and the clock to go by."""
    from storage.migrate import upgrade  # noqa: PLC0415 - Alembic, only here

    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="almanac-report-")))
        file = (kept or folder / "report.db").absolute()
        url = f"sqlite:///{file}"
        try:
            if file.exists() and file.stat().st_size and not is_sqlite(file):
                raise click.UsageError(f"--store {kept} is a file of another kind; it must be missing or SQLite's")
            await asyncio.to_thread(upgrade, url)
        except OSError as error:
            raise click.UsageError(f"--store {kept} cannot be used: {error}") from error
        store = await Store.open(url)
        stack.push_async_callback(store.close)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        clock_url = os.environ.get("CLOCK_URL", "").strip()
        if not clock_url:
            yield store, session, machine_now
            return
        try:
            clock = await stack.enter_async_context(following(clock_url, session))
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise click.ClickException(f"CLOCK_URL does not answer with a time: {clock_url}") from error
        yield store, session, clock.now


def is_sqlite(file: Path) -> bool:
    """Tell whether the file begins as SQLite's do."""
    with file.open("rb") as opened:
        return opened.read(len(SQLITE_START)) == SQLITE_START


def write(answer: Answer, facts: Repository, form: str, out: Path | None) -> None:
    """Print the answer, or put its files into `out` and print their names."""
    files: dict[str, bytes] = {}
    if form == "json":
        files["report.json"] = msgspec.json.format(msgspec.json.encode(as_json(answer, facts)), indent=2) + b"\n"
    elif form == "csv":
        files = {f"{name}.csv": text.encode() for name, text in as_csv(answer).items()}
    elif form == "markdown":
        files["report.md"] = comment(answer, picture_urls=None, key=None).encode() + b"\n"
    else:
        for section in answer.sections:
            for place, picture in enumerate(section.pictures, start=1):
                for theme, data in (("light", picture.light), ("dark", picture.dark)):
                    files[f"{section.metric}-{place}-{picture.kind}-{theme}.png"] = data
    if out is None:
        for name, data in files.items():
            if len(files) > 1:
                click.echo(f"# {name}")
            click.echo(data, nl=False)
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (out / name).write_bytes(data)
        click.echo(str(out / name))
