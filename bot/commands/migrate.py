"""`python -m bot migrate`: bring the database's schema up to date."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bot.settings import default_database
from storage.migrate import NewerError, upgrade


@click.command()
def command() -> None:
    """Bring the schema of DATABASE_URL (default: SQLite under DATA_DIR) up to date; the server does so at its start."""
    url = os.environ.get("DATABASE_URL") or default_database(Path(os.environ.get("DATA_DIR") or "data"))
    try:
        upgrade(url)
    except NewerError as error:
        raise click.ClickException(f"{error}.") from error
    click.echo("The database is up to date.", err=True)
