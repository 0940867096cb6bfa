"""`python -m bot import`: history that another tool kept; nothing is written before --apply."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import click

from bot import logs
from bot.existing import existing_store, read_now, split
from reports.importing.files import FORMATS, Source, open_source
from reports.importing.imported import Imported
from reports.importing.keep import plan, write
from reports.importing.sheet import Unreadable
from reports.importing.summary import lines
from reports.importing.target import Target, Untargeted, named_target, stored_targets
from storage.connection import Connection
from storage.engine import Store
from storage.imports import imports_of
from storage.installations import save_repository


@click.command("import")
@click.argument("form", metavar="FORMAT", type=click.Choice(FORMATS))
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--repository", metavar="OWNER/REPO", help="Only this one; needed where the file does not name it.")
@click.option(
    "--repository-id", type=click.IntRange(min=1), metavar="N", help="GitHub's number, if it is not stored yet."
)
@click.option("--apply", "writing", is_flag=True, help="Write it. Without this nothing is written.")
@click.option("--differences", is_flag=True, help="Show every day that is stored with other numbers.")
def command(  # noqa: PLR0917 - click passes them by name
    form: str,
    path: Path,
    repository: str | None,
    repository_id: int | None,
    writing: bool,  # noqa: FBT001 - click gives it by name
    differences: bool,  # noqa: FBT001
) -> None:
    """Read a file or folder of FORMAT (plain, github-repo-stats, repostats, ghstats) and say what it would add.

    Of each number the larger is kept, so an import never lowers anything, and the same file twice changes nothing.
    docs/import-export.md has the formats.
    """
    if repository_id is not None and repository is None:
        raise click.UsageError("--repository-id needs --repository OWNER/REPO too")
    wanted = None if repository is None else split(repository)
    logs.configure("warning")
    try:
        asyncio.run(run(form, path, wanted, repository_id, writing=writing, every=differences))
    except (Unreadable, Untargeted) as error:
        raise click.ClickException(f"{error}\nNothing was written.") from error
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error}") from error


async def run(
    form: str, path: Path, wanted: tuple[str, str] | None, repository_id: int | None, *, writing: bool, every: bool
) -> None:
    """Read everything, say what it would do, and write it if that was asked for."""
    now = await read_now()
    source, found = await asyncio.to_thread(open_source, form, path, now.date())
    if not found:
        raise Unreadable([f"{path.name}: there is nothing in it that {form} knows"])
    async with existing_store() as store:
        targets = await targets_of(store, found, wanted, repository_id)

        async def work(conn: Connection) -> list[tuple[Target, list[str], int]]:
            done = []
            for target in targets:
                if writing and target.new:
                    await save_repository(conn, target.repository)
                planned = await plan(conn, target.repository.id, target.imported)
                text = [*lines(target, planned, every=every), *await before(conn, target, source)]
                done.append((target, text, await write(conn, planned, source, now) if writing else planned.changes))
            return done

        results = await (store.write(work) if writing else store.read(work))
    click.echo(f"{source.format} from {source.name}, sha256 {source.sha256}")
    for _, text, _ in results:
        click.echo("\n".join(text))
    if not any(number for _, _, number in results):
        click.echo("Nothing to write: all of it is stored already.")
    elif writing:
        click.echo("Written.")
    else:
        click.echo("Nothing was written yet: add --apply to write this.")


async def targets_of(
    store: Store, found: Sequence[Imported], wanted: tuple[str, str] | None, repository_id: int | None
) -> list[Target]:
    """Return what goes where; with no repository named, everything whose repository is stored."""
    if wanted is not None:
        return [await store.read(lambda conn: named_target(conn, found, *wanted, repository_id))]
    targets, left_out = await store.read(lambda conn: stored_targets(conn, found))
    for name in left_out:
        click.echo(f"{name} is left out: it is not stored here", err=True)
    if not targets:
        raise Untargeted("none of the repositories in it is stored here; name one by --repository and --repository-id")
    return targets


async def before(conn: Connection, target: Target, source: Source) -> list[str]:
    """Return a line if this very content was imported before."""
    earlier = [one for one in await imports_of(conn, target.repository.id) if one.sha256 == source.sha256]
    return [
        f"  The same content was imported on {one.imported_at:%Y-%m-%d %H:%M} UTC as {one.source}." for one in earlier
    ]
