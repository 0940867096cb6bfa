"""`python -m bot replay`: work on a delivery once more, one that is here or one from a file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec

from bot import logs
from bot.existing import existing_store, read_now
from github.deliveries import repository_of
from handlers.events import handled
from storage.connection import Connection
from storage.dead_letters import try_again
from storage.deliveries import job_of
from storage.intake import KIND, pack
from storage.queue import NewJob, put

PRIORITY = 5  # as a delivery from GitHub has
FROM_GITHUB = (
    "GitHub keeps it for three days: save what `GET /app/hook/deliveries/ID` answers, or the payload on the App's page "
    "under Advanced, Recent deliveries, and replay that file."
)


@click.command()
@click.argument("what", metavar="FILE|DELIVERY")
@click.option("--event", help="The event of a FILE that holds a payload alone, such as issue_comment.")
def command(what: str, event: str | None) -> None:
    """Work on a delivery once more: one that was given up, by its id, or one from a file.

    DELIVERY is GitHub's id of it, as in the log. FILE holds a payload, or a delivery as GitHub's API shows it. The
    running server does the work. What was answered before is not answered again: its comment is changed, if anything
    is another by now.
    """
    logs.configure("warning")
    file = Path(what)
    if file.is_file():
        click.echo(asyncio.run(replay_file(file.name, read(file.read_bytes(), event, file.name))))
    elif event is not None or "/" in what or what.endswith(".json"):
        raise click.ClickException(f"there is no file {what}")
    else:
        click.echo(asyncio.run(replay_delivery(what)))


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds of a delivery. guid: None where it holds a payload alone."""

    event: str
    guid: str | None
    body: bytes


async def replay_file(name: str, kept: Kept) -> str:
    """Put the delivery of a file of this name into the queue under a key of its own; return what was done."""
    if kept.event not in handled():
        raise click.ClickException(f"nothing is done for the event {kept.event}; handled are {listed(handled())}")
    try:
        repository = repository_of(kept.body)
    except ValueError as error:
        raise click.ClickException(f"{name}: {error}") from error
    now = await read_now()
    key = f"replay:{kept.guid or name.partition('.')[0]}:{now:%Y-%m-%dT%H:%M:%S.%f}"
    lock = None if repository is None else f"repository:{repository}"
    job = NewJob(KIND, key, pack(kept.event, kept.body), lock, PRIORITY)
    async with existing_store() as store:
        await store.write(lambda conn: put(conn, [job], now))
    return f"The {kept.event} of {name} waits for its turn; in the log it is delivery {key}."


def read(content: bytes, event: str | None, name: str) -> Kept:
    """Read a payload, or a delivery as GitHub's API shows it, with the payload below `request`."""
    try:
        said = msgspec.json.decode(content)
    except (msgspec.DecodeError, ValueError) as error:
        raise click.ClickException(f"{name} is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise click.ClickException(f"{name} is no delivery: it must be a JSON object")
    whole: Mapping[str, Any] = said
    request = whole.get("request")
    if isinstance(request, dict) and isinstance(request.get("payload"), dict) and isinstance(whole.get("event"), str):
        guid = whole.get("guid")
        return Kept(whole["event"], guid if isinstance(guid, str) else None, msgspec.json.encode(request["payload"]))
    if event is None:
        raise click.UsageError(f"{name} holds a payload alone: say its event, such as --event issue_comment")
    return Kept(event, None, content)


async def replay_delivery(guid: str) -> str:
    """Let a delivery that was given up wait for its turn anew; return what was done."""
    now = await read_now()
    async with existing_store() as store:

        async def again(conn: Connection) -> str | None:
            found = await job_of(conn, guid)
            if found is not None and found.state == "dead":
                await try_again(conn, now, job_id=found.id)
            return None if found is None else found.state

        state = await store.write(again)
    if state is None:
        raise click.ClickException(f"no delivery {guid} has come here. {FROM_GITHUB}")
    if state == "done":
        raise click.ClickException(f"delivery {guid} was worked on, and what it carried is not kept. {FROM_GITHUB}")
    if state == "dead":
        return f"Delivery {guid} waits for its turn again."
    return f"Delivery {guid} is {state} as it is; nothing was changed."


def listed(names: frozenset[str]) -> str:
    """Return names as a sentence has them."""
    return ", ".join(sorted(names))
