"""`python -m bot backup`: write everything into one file, while the server runs."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot.now import machine_now
from bot.settings import default_database
from storage.backup import back_up
from storage.moving import MoveError


def database() -> str:
    """Return the address that the server would use."""
    return os.environ.get("DATABASE_URL") or default_database(Path(os.environ.get("DATA_DIR") or "data"))


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Write the database of DATABASE_URL (default: SQLite under DATA_DIR) into the new FILE, as of one moment.

    The server goes on meanwhile. FILE is compared with the database and read back before it gets its name; it holds
    what is private at GitHub, and only its owner can read it. docs/backup.md says what else to keep.
    """
    try:
        sealed, report = back_up(database(), file, machine_now(), quiet)
    except (MoveError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    moment = f"{sealed.made_at:%Y-%m-%d %H:%M:%S} UTC"
    click.echo(f"{file}: {report.rows} rows of {sealed.source}, begun at {moment}; compared, and read back.")


def quiet(_: str) -> None:
    """Say nothing of each table."""
