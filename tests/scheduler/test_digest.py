"""A report's job, apart from what a report says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from github.errors import Later
from reports.digest_order import Order, job_for
from scheduler.digest import digest
from storage import queue
from storage.engine import Store
from tests.scheduler.field import Field

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
ORDER = Order(1, "weekly", "file", "2026-W47")


async def test_a_server_whose_clock_is_behind_waits_and_drops_nothing(field: Field, store: Store) -> None:
    """Ordered at nine by one server, claimed a second before nine by another: to that one the week is not over."""
    await store.write(lambda conn: queue.put(conn, [job_for(ORDER, "20261123T0900")], MONDAY))
    job = await queue.claim(store, MONDAY, timedelta(minutes=2))
    assert job is not None
    assert msgspec.json.decode(job.payload, type=Order) == ORDER
    behind = replace(field.services, now=lambda: MONDAY - timedelta(seconds=1))
    with pytest.raises(Later) as put_off:
        await digest(behind, job)
    assert put_off.value.until == MONDAY
