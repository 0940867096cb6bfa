"""A backup is one SQLite file of any database as of one moment: rows read back, compared, and sealed with their sums.

It is made while the server writes, from SQLite and from PostgreSQL, and restored into either. What was deleted before
is not in it, since rows are copied and not pages.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.backup_seal import Seal, check, seal
from storage.migrate import upgrade
from storage.moving import MoveError, Report, opened
from storage.moving_bringing import Say
from storage.sqlite import OWNER_ONLY, make_closed
from storage.version import HEAD, number_of


def back_up(url: str, path: Path, now: datetime, say: Say) -> tuple[Seal, Report]:
    """Write the database at `url` into a new file, only its owner's to read, that is whole once it has its name.

    Raises MoveError for whatever is in the way: a file of this name, another version's schema, rows that differ.
    """
    if path.exists():
        raise MoveError(f"there is a file at {path} already; a backup replaces none")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".backup-", dir=path.parent) as folder:
            made = Path(folder) / "backup.db"
            make_closed(made)
            with opened(url, f"sqlite:///{made.absolute()}", say) as move:
                report = move.fill()
            sealed = seal(made, now, HEAD, move.source.name)
            check(made)  # as it will be read one day: what was just written is not taken on trust
            sync(made)
            if path.exists():
                raise MoveError(f"somebody made a file at {path} meanwhile; a backup replaces none")
            made.rename(path)
            sync(path.parent)
    except (OSError, sqlite3.Error) as error:
        raise MoveError(f"the backup cannot be written to {path}: {error}") from error
    return sealed, report


def restore(path: Path, url: str, say: Say) -> tuple[Seal, Report]:
    """Check a backup, bring it into the new, empty database at `url`, and compare the two.

    One of an older version is brought up to date in a copy of its own first. Raises MoveError, before anything is
    written, if the file is no backup, is damaged, or is a newer version's, or where the database has rows.
    """
    try:
        sealed = check(path)
        with current(path, sealed) as ready, opened(f"sqlite:///{ready.absolute()}", url, say) as move:
            return sealed, move.fill()
    except (OSError, sqlite3.Error) as error:
        raise MoveError(f"{path} cannot be restored: {error}") from error


@contextmanager
def current(path: Path, sealed: Seal) -> Iterator[Path]:
    """Yield the backup with this version's schema: itself, or a copy that was brought up to date."""
    if sealed.revision == HEAD:
        yield path
        return
    if number_of(sealed.revision) > number_of(HEAD):
        raise MoveError(f"{path} was made by a newer version, with the schema {sealed.revision}; this one has {HEAD}")
    with TemporaryDirectory(prefix=".restore-", dir=path.parent) as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        copy.chmod(OWNER_ONLY)
        upgrade(f"sqlite:///{copy.absolute()}")
        yield copy


def sync(path: Path) -> None:
    """Let what was written to a file, or a name in a folder, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
