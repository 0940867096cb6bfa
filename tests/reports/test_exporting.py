"""What an export writes: a line for each day, gaps to be seen, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from analytics.lazy import lazy
from analytics.traffic import Listed
from reports.exporting import TABLES, Span, columns_of
from reports.importing import plain
from reports.importing.imported import Imported, Standing, Starred
from reports.importing.sheet import TextFile
from storage.engine import Store
from storage.installations import Repository, mark_repositories_removed
from tests.reports.history import COMPASS, IMPORTABLE, LANTERN, NOW, TODAY, bring, exported, on, series, text

pa, parquet = lazy("pyarrow"), lazy("pyarrow.parquet")


async def test_days_go_out_one_a_line_with_gaps_as_empty_cells(store: Store) -> None:
    await bring(store, Imported(views=series(d20241118=(5, 2), d20241121=(0, 0)), clones=series(d20241119=(3, 1))))
    assert await text(store, "traffic") == [
        "date,views,view_uniques,clones,clone_uniques",
        "2024-11-18,5,2,,",
        "2024-11-19,,,3,1",
        "2024-11-20,,,,",
        "2024-11-21,0,0,,",
    ]
    assert json.loads(await exported(store, "traffic", "json"))[2] == {
        "date": "2024-11-20", "views": None, "view_uniques": None, "clones": None, "clone_uniques": None,
    }  # fmt: skip
    inside = Span(on("2024-11-20"), on("2024-11-21"))
    assert await text(store, "traffic", span=inside) == [
        "date,views,view_uniques,clones,clone_uniques",
        "2024-11-20,,,,",
    ]
    assert len(await text(store, "traffic", span=Span(on("2025-01-01")))) == 1


async def test_weeks_go_out_by_their_monday(store: Store) -> None:
    await bring(store, Imported(view_weeks=series(d20241104=(50, 20), d20241118=(70, 30))))
    assert await text(store, "weeks") == [
        "week,views,view_uniques,clones,clone_uniques",
        "2024-11-04,50,20,,",
        "2024-11-11,,,,",
        "2024-11-18,70,30,,",
    ]


async def test_every_repository_goes_out_by_name_and_one_that_was_removed_does_not(store: Store) -> None:
    found = Imported(views=series(d20241118=(5, 2)))
    await bring(store, found)
    await bring(store, found, COMPASS)
    await bring(store, found, Repository(1, 1, "acme", "gone", "public", "main"))
    await bring(store, Imported(), Repository(2, 1, "acme", "quiet", "public", "main"))
    await store.write(lambda conn: mark_repositories_removed(conn, [1], NOW))
    assert await text(store, "traffic", repository=None) == [
        "repository,date,views,view_uniques,clones,clone_uniques",
        "Quartz/compass,2024-11-18,5,2,,",
        "quartz/lantern,2024-11-18,5,2,,",
    ]
    whole = TextFile("all.csv", (await exported(store, "traffic", repository=None)).decode())
    assert plain.parse([whole], TODAY) == (
        replace(found, repository="Quartz/compass"),
        replace(found, repository="quartz/lantern"),
    )


async def test_nothing_stored_is_a_header_or_an_empty_array(store: Store) -> None:
    await bring(store, Imported())
    for what, table in TABLES.items():
        assert await text(store, what) == [",".join(name for name, _ in table.columns)]
        assert json.loads(await exported(store, what, "json")) == []
        assert parquet.read_table(pa.BufferReader(await exported(store, what, "parquet"))).num_rows == 0


async def test_parquet_has_types_and_the_same_values_as_json(store: Store) -> None:
    at = datetime(2024, 11, 18, 8, 0, 0, 5, tzinfo=UTC)
    await bring(
        store,
        Imported(
            views=series(d20241118=(5, 2), d20241120=(1, 1)),
            referrers={on("2024-11-18"): (Listed("=Google", 3, 1),)},
            standings={on("2024-11-18"): Standing(at, stars=3)},
            stars=(Starred(9, at), Starred(10, None, at)),
        ),
    )
    await bring(store, Imported(views=series(d20241118=(7, 2))), COMPASS)
    for repository in (LANTERN, None):
        for what in IMPORTABLE:
            table = parquet.read_table(pa.BufferReader(await exported(store, what, "parquet", repository)))
            said = json.loads(await exported(store, what, "json", repository))
            assert [plainly(row) for row in table.to_pylist()] == said
    traffic = parquet.read_table(pa.BufferReader(await exported(store, "traffic", "parquet", None)))
    assert list(map(str, traffic.schema.types)) == ["string", "date32[day]", *["int64"] * 4]


def plainly(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of Parquet as JSON says it."""
    return {
        name: value.isoformat().replace("+00:00", "Z") if isinstance(value, date) else value
        for name, value in row.items()
    }


async def test_spans_cut_every_kind_of_fact(store: Store) -> None:
    first, second = on("2024-11-11"), on("2024-11-18")
    at = [datetime(2024, 11, day, 8, tzinfo=UTC) for day in (11, 18)]
    await bring(
        store,
        Imported(
            views=series(d20241111=(1, 1), d20241118=(1, 1)),
            view_weeks=series(d20241111=(1, 1), d20241118=(1, 1)),
            referrers={day: (Listed("a", 1, 1),) for day in (first, second)},
            paths={day: (Listed("/a", 1, 1),) for day in (first, second)},
            standings={moment.date(): Standing(moment, 1) for moment in at},
            stars=(Starred(1, at[0]), Starred(2, at[1]), Starred(3, None, at[1])),
        ),
    )
    for what in IMPORTABLE:
        assert len(await text(store, what, span=Span(second))) == 2
        assert len(await text(store, what, span=Span(None, on("2024-11-12")))) == 2


async def test_names_that_a_spreadsheet_would_run_are_guarded(store: Store) -> None:
    lines = tuple(
        Listed(name, 1, 1)
        for name in ("=HYPERLINK(1)", "+1", "-1", "@a", "\tb", "'c", "d,e", 'f"g', "h\r\ni", "\uff1d1", "-a")
    )
    await bring(store, Imported(referrers={on("2024-11-18"): lines}))
    body = await exported(store, "referrers")
    read = [row["referrer"] for row in csv.DictReader(io.StringIO(body.decode(), newline=""))]
    assert read == ["'=HYPERLINK(1)", "'+1", "-1", "'@a", "'\tb", "''c", "d,e", 'f"g', "h\r\ni", "'\uff1d1", "'-a"]
    assert json.loads(await exported(store, "referrers", "json"))[0]["referrer"] == "=HYPERLINK(1)"
    assert plain.parse([TextFile("r.csv", body.decode())], TODAY)[0].referrers == {on("2024-11-18"): lines}


def test_every_table_names_its_columns_once() -> None:
    for what in TABLES:
        columns = [name for name, _ in columns_of(what, everything=True)]
        assert len(set(columns)) == len(columns)
    assert [name for name, _ in columns_of("traffic", everything=False)] == [
        "date", "views", "view_uniques", "clones", "clone_uniques",
    ]  # fmt: skip
