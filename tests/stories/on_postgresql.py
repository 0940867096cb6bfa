"""What a town's server has stored, where that is PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg
from psycopg.rows import dict_row

from storage.urls import libpq
from tests.stories.town import Ask, Json, Town


def asking_at(address: str) -> Callable[[Town], AbstractContextManager[Ask]]:
    """Return what stands for `Town.asking` there."""

    @contextmanager
    def asking(_: Town) -> Iterator[Ask]:
        with psycopg.connect(libpq(address), row_factory=dict_row, autocommit=True) as connection:

            def ask(query: str, *values: object) -> list[Json]:
                asked = query.replace("FROM jobs", "FROM job_states").replace("?", "%s")
                return list(connection.execute(asked.encode(), values))

            yield ask

    return asking
