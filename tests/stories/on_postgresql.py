"""What a town's server has stored, where that is PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from psycopg.rows import dict_row

from storage.urls import libpq
from tests.stories.town import Json, Town


def rows_of(address: str) -> Callable[..., list[Json]]:
    """Return what stands for `Town.rows` there."""

    def rows(_: Town, query: str, *values: object) -> list[Json]:
        asked = query.replace("FROM jobs", "FROM job_states").replace("?", "%s")
        with psycopg.connect(libpq(address), row_factory=dict_row) as connection:
            return list(connection.execute(asked.encode(), values))

    return rows
