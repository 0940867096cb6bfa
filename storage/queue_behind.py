"""Jobs of one lock wait behind the one that runs, in a queue that nobody works, so that nobody looks at them in vain.

Procrastinate passes over a job whose lock is taken or asked for by a better one, each time anew for each of them: where
thousands wait for one repository, every claim of anybody would read them all. So whoever takes a job puts those that
wait for its lock aside, under another lock, and whoever ends it lets the best of them out.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection

from storage.connection import Connection
from storage.engine import Store
from storage.job import SOMEBODY_WAITS
from storage.queue_manager import BACKGROUND, PEOPLE, driver

BEHIND = "behind"
BELOW = 10_000  # by so much their priority is lowered meanwhile: whoever looks for the best passes none of them
MOST = 1_000  # jobs that are put aside in one transaction

PUT_ASIDE = """
WITH waiting AS (
    SELECT id FROM procrastinate_jobs WHERE lock = %(lock)s AND status = 'todo' AND queue_name = ANY(%(worked)s)
    ORDER BY priority, id DESC LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE procrastinate_jobs p SET queue_name = %(behind)s, lock = %(aside)s, priority = p.priority - %(below)s
FROM waiting WHERE p.id = waiting.id
"""
LET_OUT = """
WITH next AS (
    SELECT id FROM procrastinate_jobs WHERE lock = %(aside)s AND status = 'todo' AND queue_name = %(behind)s
    ORDER BY priority DESC, id LIMIT 1 FOR UPDATE
)
UPDATE procrastinate_jobs p SET lock = %(lock)s, priority = p.priority + %(below)s,
    queue_name = CASE WHEN p.priority + %(below)s >= %(waits)s THEN %(people)s ELSE %(background)s END
FROM next WHERE p.id = next.id
"""
# what an operator cancelled, or an older version ended, has let nobody out
STRANDED = """
WITH lanes AS MATERIALIZED (
    SELECT DISTINCT substr(lock, length(%(behind)s) + 2) AS lock
    FROM procrastinate_jobs WHERE queue_name = %(behind)s AND status = 'todo'
)
SELECT lock FROM lanes WHERE NOT EXISTS (
    SELECT 1 FROM procrastinate_jobs o WHERE o.lock = lanes.lock AND o.status IN ('todo', 'doing')
) ORDER BY lock
"""


async def put_aside(connection: AsyncConnection[Any], lock: str | None) -> None:
    """Put aside what waits for a lock that was just taken, in the same transaction, the best of them last."""
    if lock is not None:
        values = {"worked": [PEOPLE, BACKGROUND], "most": MOST}
        await connection.execute(PUT_ASIDE, named(lock) | values)


async def let_out(connection: AsyncConnection[Any], lock: str | None) -> None:
    """Let the best job out that waits for a lock which is given back in the same transaction."""
    if lock is not None:
        values = {"waits": SOMEBODY_WAITS, "people": PEOPLE, "background": BACKGROUND}
        await connection.execute(LET_OUT, named(lock) | values)


async def let_forgotten_out(store: Store) -> None:
    """Let one job out of each lock that nobody has or waits for where it could be seen."""

    async def work(conn: Connection) -> None:
        connection = await driver(conn)
        for (lock,) in await (await connection.execute(STRANDED, {"behind": BEHIND})).fetchall():
            await let_out(connection, lock)

    await store.write(work)


def named(lock: str) -> dict[str, Any]:
    """Return what a lock is called where it is asked for, and behind it."""
    return {"lock": lock, "behind": BEHIND, "aside": f"{BEHIND}:{lock}", "below": BELOW}
