"""`python -m bot export`: what is stored, as CSV, JSON or Parquet."""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import BinaryIO, cast

import click

from bot import logs
from bot.existing import existing_store, named
from reports.export_files import WRITERS
from reports.exporting import TABLES, Span, What, columns_of, rows_of

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("what", type=click.Choice(list(TABLES)))
@click.argument("repository", metavar="[OWNER/REPO]", required=False)
@click.option("--all", "everything", is_flag=True, help="Every repository, its name in a first column.")
@click.option("--format", "form", type=click.Choice(list(WRITERS)), default="csv", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file (parquet needs it).")
@click.option("--since", type=DAY, metavar="DAY", help="From this UTC date on, such as 2026-01-01.")
@click.option("--until", type=DAY, metavar="DAY", help="Up to this UTC date, not included.")
def command(  # noqa: PLR0917 - click passes them by name
    what: str,
    repository: str | None,
    everything: bool,  # noqa: FBT001 - click gives it by name
    form: str,
    out: Path | None,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Write what is stored of one repository, or with --all of every one; docs/import-export.md has the columns.

    Reads DATABASE_URL and DATA_DIR as the server does, and may run beside it.
    """
    if (repository is None) is not everything:
        raise click.UsageError("name one repository as OWNER/REPO, or every one by --all")
    if form == "parquet" and out is None:
        raise click.UsageError("--format parquet needs --out FILE")
    span = Span(day(since), day(until))
    if span.since is not None and span.until is not None and span.since >= span.until:
        raise click.UsageError(f"--since {span.since} is not before --until {span.until}, which is not included")
    logs.configure("warning")
    # written beside it and put in its place at the end: a file that is there is whole
    partial = None if out is None else out.with_name(f"{out.name}.partial")
    try:
        with nullcontext(sys.stdout.buffer) if partial is None else partial.open("wb") as stream:
            asyncio.run(export(cast("What", what), repository, span, form, cast("BinaryIO", stream)))
        if partial is not None and out is not None:
            partial.replace(out)
            click.echo(str(out), err=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(f"the export cannot be written: {error}") from error
    finally:
        if partial is not None:
            partial.unlink(missing_ok=True)


def day(moment: datetime | None) -> date | None:
    """Return the date of an option."""
    return None if moment is None else moment.date()


async def export(what: What, repository: str | None, span: Span, form: str, out: BinaryIO) -> None:
    """Write one repository's rows, or everyone's, a repository at a time."""
    async with existing_store() as store:
        found = None if repository is None else await named(store, repository)
        if repository is not None and found is None:
            raise click.ClickException(f"nothing is stored of {repository}; names are as on GitHub, OWNER/REPO")
        writer = WRITERS[form](out, columns_of(what, everything=found is None))
        async for rows in rows_of(store, what, span, found):
            writer.write(rows)
        writer.close()
        out.flush()
