"""A server that is killed again and again under load, on SQLite and on PostgreSQL, and what is there after it.

Ten lives make a week: it is Monday, captures and reports are due, people ask and webhooks come, while the server is
killed ten times. Then it is left alone until nothing is to be done, and everything that was promised is looked for.
The PostgreSQL is the benchmark's own and syncs to disk; it is killed itself now and then.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import crash_faults, crash_postgresql
from bench.crash_weeks import Run, Weeks
from bench.figures import Figure
from bench.size import Size
from bench.soak import nothing
from storage.migrate import upgrade
from tests.storage import cluster

KILLS = 20
SEED = 8


def figures(name: str, found: Run) -> list[Figure]:
    """Return a database's lines of the table."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in found.kinds.items())
    faults = found.faults
    return [
        Figure(f"{name}: kills", f"{found.kills:,}"),
        Figure(f"{name}: where", kinds),
        Figure(f"{name}: deliveries acknowledged / refused / cut off", told(found)),
        Figure(
            f"{name}: commands / reports / captures", f"{found.commands:,} / {found.reports:,} / {found.captured:,}"
        ),
        nothing(f"{name}: lost / twice / half", len(faults.lost), len(faults.twice), len(faults.half)),
        nothing(f"{name}: what the database finds broken in itself", len(faults.broken)),
        nothing(f"{name}: processes left over", found.left_over),
        Figure(f"{name}: took", f"{found.seconds:,.0f} s"),
    ]


def told(found: Run) -> str:
    return f"{found.acknowledged:,} / {found.refused:,} / {found.unanswered:,}"


def run(size: Size) -> list[Figure]:
    """Kill on both databases, then break what lies around the server."""
    kills = size.kills or (3 if size.quick else KILLS)
    wanted: Sequence[str] = [one for one in ("SQLite", "PostgreSQL", "faults") if size.only.lower() in one.lower()]
    found: list[Figure] = []
    with ExitStack() as open_ones:
        folder = Path(open_ones.enter_context(tempfile.TemporaryDirectory(prefix="almanac-bench-")))
        for name in wanted:
            mine = folder / name
            mine.mkdir()
            if name == "faults":
                (mine / "sqlite").mkdir()
                (mine / "postgresql").mkdir()
                found += crash_faults.on_sqlite(size, mine / "sqlite")
                found += crash_postgresql.on_postgresql(size, mine / "postgresql")
                continue
            url = f"sqlite:///{mine / 'almanac.db'}"
            if name == "PostgreSQL":
                socket = open_ones.enter_context(cluster.cluster(durable=True))
                cluster.run(socket, "CREATE DATABASE crashed")
                url = cluster.address(socket, "crashed")
            upgrade(url)
            found += figures(name, asyncio.run(Weeks(size, url, mine, SEED).run(kills)))
    return found
