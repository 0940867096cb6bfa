"""`python -m bot restore`: bring a backup into a new database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click

from bot.commands.backup import database
from storage.backup import restore
from storage.backup_seal import check
from storage.moving import MoveError


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--check", "only_check", is_flag=True, help="Read FILE to its last row and restore nothing.")
def command(file: Path, only_check: bool) -> None:  # noqa: FBT001 - as click gives it
    """Bring the backup FILE into the new, empty database of DATABASE_URL (default: SQLite under DATA_DIR).

    FILE is checked before anything is written, and the database is compared with it afterwards; until both are equal no
    server starts on it. One that was broken off goes on when this is run again.
    """
    try:
        if only_check:
            sealed = check(file)
        else:
            sealed, _ = restore(file, database(), click.echo)
    except (MoveError, ValueError, sqlite3.Error) as error:
        raise click.ClickException(str(error)) from error
    what = f"{sealed.rows} rows of {sealed.source}, as of {sealed.made_at:%Y-%m-%d %H:%M:%S} UTC"
    click.echo(f"{file} is whole: {what}." if only_check else f"Restored and compared: {what}.")
