"""Whether this machine is fit: the stored keys, the clock, the database and the disk."""

from __future__ import annotations

import secrets
import shlex
import shutil
import stat
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from bot.credentials import put
from dashboard import database_words
from dashboard.step import Step, fail, ok, warn
from github.wire import LostError, NotSentError, Wire
from storage.connection import Connection
from storage.database_facts import DatabaseFacts, database_facts
from storage.engine import Store
from storage.urls import sqlite_path
from storage.version import UNFINISHED, is_current, is_unfinished

KEYS = "The stored keys"
CLOCK = "The clock"
DATABASE = "The database"
FILES = "The database's files"
DISK = "The disk"
SECONDS_OFF = 30.0
MOST_SECONDS_OFF = 60.0  # GitHub refuses what was signed in its future, and a signature is backdated by so much
LITTLE = 1 << 30
TOO_LITTLE = 100 << 20


def keys(file: Path) -> Step:
    """See that nobody but their owner can read the stored keys."""
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        return fail(KEYS, f"Others than the server's user can read {file} ({mode:o}).", f"chmod 600 {file}")
    return ok(KEYS, f"{file} is for its owner only.")


async def clock(wire: Wire, api_url: str, now: datetime) -> Step:
    """Compare the clock with GitHub's."""
    try:
        reply = await wire.exchange("GET", f"{api_url}/rate_limit", None)
        theirs = parsedate_to_datetime(reply.headers["Date"])
    except (NotSentError, LostError, KeyError, ValueError) as error:
        return warn(CLOCK, f"GitHub does not tell what time it is ({type(error).__name__}).", "Look again later.")
    return off_by((now - theirs).total_seconds())


def off_by(seconds: float) -> Step:
    """Judge how far the clock is ahead of GitHub's."""
    said = f"{abs(seconds):.0f} seconds {'ahead of' if seconds > 0 else 'behind'} GitHub's."
    remedy = "Let the machine keep its clock by NTP."
    if abs(seconds) >= MOST_SECONDS_OFF:
        return fail(CLOCK, f"{said} GitHub refuses what such a clock signs.", remedy)
    if abs(seconds) >= SECONDS_OFF:
        return warn(CLOCK, said, remedy)
    return ok(CLOCK, "It agrees with GitHub's.")


async def database(url: str) -> Step:
    """See that the database can be read and written, and has this version's schema; nothing is created or changed."""
    file = sqlite_path(url)
    if file is not None and not file.exists():
        return warn(DATABASE, f"{file} does not exist yet.", "The server makes it when it starts.")
    try:
        store = await Store.open(url)
        try:
            current, unfinished = await store.write(looked_at)
            facts = await store.read(database_facts) if current else None
        finally:
            await store.close()
    except Exception as error:  # noqa: BLE001 - whatever the database says no with is the answer
        # its own words may name what is secret
        return fail(
            DATABASE,
            f"It cannot be read and written ({type(error).__name__}).",
            "See that DATABASE_URL, or DATA_DIR, names a file on a local disk that the server's user may write to.",
        )
    if unfinished:
        return fail(DATABASE, "It is the target of a move that has not finished.", UNFINISHED)
    if facts is None:
        return warn(DATABASE, "Its schema is not this version's.", "The server migrates it when it starts.")
    return as_it_is(facts)


def as_it_is(facts: DatabaseFacts) -> Step:
    """Say what is no longer kept, and judge where rows lie."""
    gone, astray = database_words.gone(facts), database_words.astray(facts)
    if astray is not None:
        remedy = (
            "They were written by a clock that stood wrong, or imported. They are kept and read as all others are; "
            "where an end is set they go by their date."
        )
        return warn(DATABASE, " ".join([astray, *gone]), remedy)
    return ok(DATABASE, " ".join(["It can be read and written, and its schema is this version's.", *gone]))


def files(url: str) -> list[Step]:
    """See that nobody but their owner can read SQLite's files, which hold what is private at GitHub."""
    path = sqlite_path(url)
    if path is None or not path.exists():
        return []
    wide = [each for each in (path, *(path.with_name(path.name + tail) for tail in ("-wal", "-shm"))) if is_wide(each)]
    if wide:
        said = f"Others than the server's user can read {', '.join(map(str, wide))}."
        remedy = f"chmod 600 {shlex.join(map(str, wide))}"
        return [warn(FILES, f"{said} Rows of private repositories are in there.", remedy)]
    return [ok(FILES, f"{path} is for its owner only.")]


def is_wide(file: Path) -> bool:
    """Tell whether others than its owner can do something with a file, if there is one."""
    try:
        return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)
    except FileNotFoundError:
        return False


async def looked_at(connection: Connection) -> tuple[bool, bool]:
    """Read in a transaction that may write whether the schema is this version's, and whether a move is under way."""
    return await is_current(connection), await is_unfinished(connection)


def disk(data_dir: Path) -> Step:
    """See that DATA_DIR can be written to and has space."""
    probe = data_dir / f".doctor-{secrets.token_hex(8)}"
    try:
        put(probe, b"x" * 8192)
        probe.unlink()
        free = shutil.disk_usage(data_dir).free
    except OSError as error:
        return fail(
            DISK,
            f"{data_dir} cannot be written to: {error.strerror}.",
            "The server's user must be able to write there.",
        )
    return space(free, data_dir)


def space(free: int, data_dir: Path) -> Step:
    """Judge how many bytes are free."""
    said = f"{free / (1 << 30):.1f} GB are free in {data_dir}."
    remedy = "Make room: what cannot be stored of a day's traffic is lost once GitHub forgets it."
    if free < TOO_LITTLE:
        return fail(DISK, said, remedy)
    return warn(DISK, said, remedy) if free < LITTLE else ok(DISK, said)
