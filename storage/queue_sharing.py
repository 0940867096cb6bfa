"""An installation's background on PostgreSQL: at most `AT_ONCE` of its jobs run at a time, in all processes together.

Captures count. So one large installation leaves places, points and GitHub's patience to people and to
all others. Whoever claims a job of an installation that has enough parks it with the others that wait, in a queue that
nobody works; each that ends lets the next one out. Whose a job is, its lock says.
"""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection

from storage.connection import Connection
from storage.engine import Store
from storage.queue_manager import BACKGROUND, database_time, driver, lock_until_due, manager

AT_ONCE = 2
PARKED = "parked"
PARKED_AT_ONCE = 500  # jobs that are parked in one transaction
SHARING = 421_706  # with an installation's number: the advisory lock of who counts its jobs

INSTALLATION = "SELECT installation_id FROM repositories WHERE id = %s"
MY_TURN = "SELECT pg_advisory_xact_lock(%s, hashint8(%s))"
# an older version ends its jobs without a word about whom they ran for
RUNNING = "SELECT count(*) FROM job_keys WHERE running_for = %s AND leased_until IS NOT NULL"
PARK = """
WITH theirs AS (
    SELECT id, lock FROM procrastinate_jobs
    WHERE status = 'todo' AND queue_name = %(background)s AND (
        lock IN (SELECT 'repository:' || id FROM repositories WHERE installation_id = %(installation)s)
        OR starts_with(lock, 'installation:' || %(installation)s::text || ':')
    ) ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), parked AS (
    UPDATE procrastinate_jobs p SET queue_name = %(parked)s, lock = 'later:' || p.lock FROM theirs
    WHERE p.id = theirs.id RETURNING p.id
)
UPDATE job_keys SET parked_for = %(installation)s FROM parked WHERE job_id = parked.id
"""
PARK_ONE = "UPDATE job_keys SET parked_for = %s WHERE job_id = %s"
ENDED = """
UPDATE job_keys k SET running_for = NULL FROM (
    SELECT job_id, running_for FROM job_keys WHERE job_id = %s AND running_for IS NOT NULL FOR UPDATE
) was WHERE k.job_id = was.job_id RETURNING was.running_for
"""
LET_OUT = """
WITH next AS (
    SELECT job_id FROM job_keys WHERE parked_for = %s ORDER BY priority DESC, job_id LIMIT %s FOR UPDATE SKIP LOCKED
), free AS (
    UPDATE job_keys k SET parked_for = NULL FROM next WHERE k.job_id = next.job_id RETURNING k.job_id, k.lock
)
UPDATE procrastinate_jobs p SET queue_name = %s, lock = free.lock, scheduled_at = NULL FROM free
WHERE p.id = free.job_id AND p.status = 'todo'
"""
WAITING = "SELECT DISTINCT parked_for FROM job_keys WHERE parked_for IS NOT NULL ORDER BY parked_for"


async def whose(connection: AsyncConnection[Any], lock: str | None) -> int | None:
    """Return the installation that a job with this lock belongs to, None if it is nobody's."""
    kind, _, rest = (lock or "").partition(":")
    number = rest.partition(":")[0]
    if not number.isdecimal():
        return None
    if kind == "installation":
        return int(number)
    if kind != "repository":
        return None
    row = await (await connection.execute(INSTALLATION, (int(number),))).fetchone()
    return None if row is None else int(row[0])


async def has_enough(connection: AsyncConnection[Any], installation: int) -> bool:
    """Tell whether no more jobs of an installation may run; until the transaction ends nobody else counts them."""
    return await room(connection, installation) <= 0


async def room(connection: AsyncConnection[Any], installation: int) -> int:
    """Return how many more jobs of an installation may run; until the transaction ends nobody else counts them."""
    await connection.execute(MY_TURN, (SHARING, installation))
    row = await (await connection.execute(RUNNING, (installation,))).fetchone()
    assert row is not None, "a count without groups has one row"
    return AT_ONCE - int(row[0])


async def park(connection: AsyncConnection[Any], installation: int, fetched: int, lock: str | None) -> None:
    """Put the job that was just fetched aside, and with it those of the installation that wait."""
    await manager(connection).retry_job_by_id_async(
        fetched, await database_time(connection), queue=PARKED, lock=lock_until_due(lock)
    )
    await connection.execute(PARK_ONE, (installation, fetched))
    values = {"installation": installation, "background": BACKGROUND, "parked": PARKED, "most": PARKED_AT_ONCE}
    await connection.execute(PARK, values)


async def ended(connection: AsyncConnection[Any], job_id: int) -> None:
    """Let the next job of an installation out, if the one that has just ended ran in its background."""
    row = await (await connection.execute(ENDED, (job_id,))).fetchone()
    if row is not None:
        await connection.execute(MY_TURN, (SHARING, row[0]))
        await connection.execute(LET_OUT, (row[0], 1, BACKGROUND))


async def let_stranded_out(store: Store) -> None:
    """Let jobs out whose installation has room: those before them ended with their process, or in an older version."""

    async def found(conn: Connection) -> list[int]:
        return [number for (number,) in await (await (await driver(conn)).execute(WAITING)).fetchall()]

    for installation in await store.read(found):

        async def work(conn: Connection, of: int = installation) -> None:
            connection = await driver(conn)
            free = await room(connection, of)
            if free > 0:
                await connection.execute(LET_OUT, (of, free, BACKGROUND))

        await store.write(work)
