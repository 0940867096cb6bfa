"""Where the databases of analyses lie while they are needed: a folder of this server's own, which it holds by a lock.

A folder that nobody holds is what a server left that was killed; it is deleted by the next one that looks.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

NAME = "analyses"
LOCK = "lock"
DATABASE = "analysis.db"


class Folder:
    """A folder under the data directory that only its user can enter; gone when it is closed."""

    def __init__(self, data: Path) -> None:
        clear(data)
        above = data / NAME
        above.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = Path(tempfile.mkdtemp(prefix="server-", dir=above))  # 0700
        self.lock = held(self.path)
        assert self.lock is not None, "nobody else knows a new folder"

    def database(self, name: str) -> Path:
        """Make an empty file for a database in a folder of its own, which nobody else can read."""
        folder = self.path / name
        folder.mkdir(mode=0o700)
        path = folder / DATABASE
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        return path

    def forget(self, name: str) -> None:
        """Delete a database with all that lies beside it."""
        shutil.rmtree(self.path / name, ignore_errors=True)

    def close(self) -> None:
        """Delete everything."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self.lock is not None:
            self.lock.close()


def clear(data: Path) -> int:
    """Delete the folders that no running server holds; return how many there were."""
    cleared = 0
    for folder in (data / NAME).glob("server-*"):
        lock = held(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            lock.close()
            cleared += 1
    with suppress(OSError):  # another server has its folder there
        (data / NAME).rmdir()
    return cleared


def held(folder: Path) -> IO[bytes] | None:
    """Take a folder's lock, which goes with this process; None if another has it."""
    try:
        lock = (folder / LOCK).open("ab")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock
