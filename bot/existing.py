"""The database that is there already, for commands that work beside the server: never made, never migrated."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import aiohttp
import click

from bot.now import following, machine_now
from bot.settings import default_database
from storage.engine import Store, normalise
from storage.installations import Repository, repository_by_name
from storage.urls import sqlite_path
from storage.version import UNFINISHED, is_current, is_unfinished


@asynccontextmanager
async def existing_store() -> AsyncIterator[Store]:
    """Open the database of DATABASE_URL, or under DATA_DIR; one that is missing or old is a sentence, not made new."""
    url = os.environ.get("DATABASE_URL") or default_database(Path(os.environ.get("DATA_DIR") or "data"))
    try:
        path = sqlite_path(normalise(url))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if path is not None and not path.is_file():
        raise click.ClickException(f"there is no database at {path}; set DATA_DIR or DATABASE_URL as for the server")
    store = await Store.open(url)
    try:
        if await store.read(is_unfinished):
            raise click.ClickException(UNFINISHED)
        if not await store.read(is_current):
            raise click.ClickException(
                "the database is of another version; `python -m bot migrate` brings it up to date"
            )
        yield store
    finally:
        await store.close()


async def read_now() -> datetime:
    """Return the time to go by: the machine's, or the one that CLOCK_URL shows."""
    clock_url = os.environ.get("CLOCK_URL", "").strip()
    if not clock_url:
        return machine_now()
    async with aiohttp.ClientSession() as session:
        try:
            async with following(clock_url, session) as clock:
                return clock.now()
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise click.ClickException(f"CLOCK_URL does not answer with a time: {clock_url}") from error


def split(repository: str) -> tuple[str, str]:
    """Return owner and name of OWNER/REPO; anything else is a mistake of usage."""
    owner, _, name = repository.partition("/")
    if not owner or not name or "/" in name:
        raise click.UsageError(f"{repository!r} is not a repository; it must look like OWNER/REPO")
    return owner, name


async def named(store: Store, full_name: str) -> Repository | None:
    """Return the stored repository of that name, None if there is none."""
    owner, name = split(full_name)
    return await store.read(lambda conn: repository_by_name(conn, owner, name))
