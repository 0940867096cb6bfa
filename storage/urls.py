"""Database addresses: what people write in DATABASE_URL and what the drivers want to read."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+psycopg"
DRIVERS = {
    "sqlite": SQLITE,
    SQLITE: SQLITE,
    "postgres": POSTGRESQL,
    "postgresql": POSTGRESQL,
    POSTGRESQL: POSTGRESQL,
}


def parse(url: str) -> URL:
    """Read `sqlite:////data/almanac.db` or `postgresql://user@host/almanac`; anything else raises ValueError."""
    try:
        read = make_url(url)
    except ArgumentError as error:
        raise ValueError(
            "DATABASE_URL is not an address; write sqlite:////path/almanac.db or postgresql://…"
        ) from error
    driver = DRIVERS.get(read.drivername)
    if driver is None:
        raise ValueError(f"DATABASE_URL begins with {read.drivername}://; Almanac knows sqlite:// and postgresql://")
    if driver == SQLITE and (not read.database or read.database == ":memory:" or read.database.startswith("file:")):
        raise ValueError("DATABASE_URL must name a SQLite file: several processes read it, so it cannot live in memory")
    return read.set(drivername=driver)


def normalise(url: str) -> str:
    """Return the address with the asynchronous driver named; the password stays in it, so never log it."""
    return parse(url).render_as_string(hide_password=False)


def sqlite_path(url: str) -> Path | None:
    """Return the SQLite file's path, None for PostgreSQL."""
    read = parse(url)
    return Path(read.database or "") if read.drivername == SQLITE else None


def libpq(url: str) -> str:
    """Return the address as PostgreSQL's own library reads it."""
    return parse(url).set(drivername="postgresql").render_as_string(hide_password=False)
