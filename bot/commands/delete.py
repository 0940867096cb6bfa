"""`python -m bot delete`: an installation, a repository or a person, at once and for good."""

from __future__ import annotations

import asyncio

import click

from bot import logs
from bot.existing import existing_store, split
from storage.connection import Connection
from storage.engine import Store
from storage.forget_now import (
    delete_installation,
    delete_repositories,
    installations_of,
    leave_no_trace,
    overwrite,
    repositories_called,
)
from storage.forget_person import forget_person

KINDS = ("installation", "repository", "person")
STILL = "the App is still installed there, so it would be read again; {first}, or say --anyway"
KEPT = (
    "The write-ahead log still has old pages, since a server reads the database; they go when it is stopped or as it "
    "writes on."
)


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name", metavar="NAME")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--anyway", is_flag=True, help="Although the App is still installed there.")
def command(kind: str, name: str, yes: bool, anyway: bool) -> None:  # noqa: FBT001 - as click gives them
    """Delete what is stored of NAME: an account or number, OWNER/REPO, or the login of a person.

    A person's login is replaced everywhere, and stays so when GitHub names them again. Uses the database of
    DATABASE_URL, beside the server if it runs. Backups keep what they have; docs/privacy.md.
    """
    logs.configure("warning")
    if kind == "repository":
        split(name)
    if not yes:
        click.confirm(f"Delete the {kind} {name} from the database, for good?", abort=True)
    asyncio.run(run(kind, name, anyway=anyway))


async def run(kind: str, name: str, *, anyway: bool) -> None:
    """Delete it, and say what went."""
    async with existing_store() as store:
        doing = {"installation": installation, "repository": repository, "person": person}[kind]
        await doing(store, name, anyway=anyway)
        if not await leave_no_trace(store):
            click.echo(KEPT)


async def installation(store: Store, name: str, *, anyway: bool) -> None:
    """Delete the installations on an account."""
    found = await store.read(lambda conn: installations_of(conn, name))
    if not found:
        raise click.ClickException(f"there is no installation on {name}")
    if not anyway and any(one.removed_at is None for one in found):
        raise click.ClickException(STILL.format(first="uninstall it at GitHub first"))
    for one in found:
        count = await delete_installation(store, one.id)
        click.echo(f"Deleted the installation {one.id} on {one.account_login} with {count} repositories.")


async def repository(store: Store, name: str, *, anyway: bool) -> None:
    """Delete the repositories of that name."""
    found = await store.read(lambda conn: repositories_called(conn, name))
    if not found:
        raise click.ClickException(f"there is no repository {name}")
    if not anyway and any(one.removed_at is None for one in found):
        raise click.ClickException(STILL.format(first="take the repository from it at GitHub first"))
    await delete_repositories(store, found)
    click.echo(f"Deleted {name} ({', '.join(str(one.id) for one in found)}).")


async def person(store: Store, name: str, *, anyway: bool) -> None:  # noqa: ARG001 - nothing is installed on them
    """Forget a person."""
    if name.lower() == "ghost":
        raise click.ClickException("ghost stands for every account that was deleted at GitHub; it names nobody")

    async def work(conn: Connection) -> dict[str, int]:
        await overwrite(conn)
        return await forget_person(conn, name)

    told = await store.write(work)
    rows = ", ".join(f"{count} of {table}" for table, count in sorted(told.items()))
    click.echo(f"The person is forgotten: {rows or 'no row'} changed. Their login is not stored again.")
