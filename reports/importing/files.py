"""Opening what `python -m bot import` is given: a file, or a folder with the files of its format."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reports.importing import ghstats, github_repo_stats, plain, repostats
from reports.importing.imported import Imported
from reports.importing.sheet import TextFile, Unreadable

Texts = Callable[[Iterable[TextFile], date], tuple[Imported, ...]]
TEXTS: dict[str, Texts] = {
    "plain": plain.parse,
    "github-repo-stats": github_repo_stats.parse,
    "repostats": repostats.parse,
}
FORMATS = (*TEXTS, "ghstats")
SQLITE_START = b"SQLite format 3\0"
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """Where a history comes from: the format, the name of the file or folder, and the SHA-256 of what is in it."""

    format: str
    name: str
    sha256: str


def open_source(form: str, path: Path, today: date) -> tuple[Source, tuple[Imported, ...]]:
    """Read a file or folder of a format; raises Unreadable with every fault, OSError if it cannot be opened."""
    if form == "ghstats":
        return read_database(path, today)
    files = [path] if path.is_file() else sorted(found for found in path.rglob("*.csv") if ".git" not in found.parts)
    if not files:
        raise Unreadable([f"{path.name}: there is no .csv file in this folder"])
    texts, digest = [], hashlib.sha256()
    for file in files:
        name = file.name if file == path else file.relative_to(path).as_posix()
        body = file.read_bytes()
        # length and name go in too: no two folders may look alike by where one file ends
        digest.update(f"{name}\n{len(body)}\n".encode() if file != path else b"")
        digest.update(body)
        texts.append(TextFile(name, decoded(name, body)))
    return Source(form, path.resolve().name, digest.hexdigest()), TEXTS[form](texts, today)


def decoded(name: str, body: bytes) -> str:
    """Return a file's text without the mark that some programs begin with; raises Unreadable if it is not UTF-8."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise Unreadable([f"{name}, line {line}: this is not UTF-8 text; save it as CSV in UTF-8"]) from error


def read_database(path: Path, today: date) -> tuple[Source, tuple[Imported, ...]]:
    """Read a SQLite database without writing to it; what its write-ahead log holds is read too."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
    with path.open("rb") as opened:
        if opened.read(len(SQLITE_START)) != SQLITE_START:
            raise Unreadable([f"{path.name}: this is not a SQLite database"])
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            found = ghstats.parse(connection, path.name, today)
    except sqlite3.Error as error:
        raise Unreadable([f"{path.name}: SQLite cannot read this: {error}"]) from error
    return Source("ghstats", path.resolve().name, digest.hexdigest()), found
