"""A folder of JSON lines and a Dataset say the same thing."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.dataset import TABLES, Dataset, read_all

values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=30)
rows = st.lists(st.dictionaries(st.text(min_size=1, max_size=12), values, max_size=5), max_size=5)


@given(tables=st.fixed_dictionaries(dict.fromkeys(TABLES, rows)))
def test_what_is_written_is_what_is_read(tables: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("dataset")
    written = Dataset({"full_name": "quartz-labs/lantern"}, **tables)
    written.write(folder)
    assert Dataset.read(folder) == written


def test_equal_data_gives_equal_bytes(tmp_path: Path) -> None:
    dataset = Dataset({"full_name": "quartz-labs/lantern"}, pulls=[{"number": 1, "title": "x | `y` @z <b>"}])
    dataset.write(tmp_path / "a")
    dataset.write(tmp_path / "b")
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_a_table_without_a_file_is_empty(tmp_path: Path) -> None:
    (tmp_path / "repo.json").write_text('{"full_name": "quartz-labs/lantern"}')
    assert Dataset.read(tmp_path) == Dataset({"full_name": "quartz-labs/lantern"})


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "repo.json").write_text('{"full_name": "quartz-labs/lantern"}')
    (tmp_path / "pulls.jsonl.gz").write_bytes(gzip.compress(b'{"number": 1}\n\n{"number":\n'))
    with pytest.raises(ValueError, match=r"pulls\.jsonl\.gz, line 3"):
        Dataset.read(tmp_path)


def test_a_folder_without_a_description_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Dataset.read(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"holds no repo\.json"):
        read_all(tmp_path)


def test_a_folder_of_folders_is_many_repositories(tmp_path: Path) -> None:
    for name in ("lantern", "almanac"):
        Dataset({"full_name": f"quartz-labs/{name}"}).write(tmp_path / name)
    assert [dataset.full_name for dataset in read_all(tmp_path)] == ["quartz-labs/almanac", "quartz-labs/lantern"]


def test_rows_that_name_their_repository_are_split_by_it() -> None:
    whole = Dataset(
        {"full_name": "org__quartz-labs", "snapshot_at": "2026-08-22T07:58:13Z"},
        pulls=[{"repo": "quartz-labs/lantern", "number": 7}, {"repo": "quartz-labs/ember", "number": 7}],
    )
    ember, lantern = whole.repositories()
    assert (ember.full_name, ember.pulls) == ("quartz-labs/ember", [{"number": 7}])
    assert lantern.repo["snapshot_at"] == "2026-08-22T07:58:13Z"
    assert lantern.reviews == []


@pytest.mark.parametrize("name", ["tlswg__tls13-spec", "quicwg__multipath"])
def test_real_repositories_are_read_whole(shared_folder: Path, name: str) -> None:
    """The folder's own counts are those of the rows read."""
    dataset = Dataset.read(shared_folder / "data" / name)
    assert dataset.repo["counts"] == {table: len(getattr(dataset, table)) for table in TABLES[:5]}
    assert dataset.repositories() == [dataset]


def test_an_organisation_without_reviews_is_read(shared_folder: Path) -> None:
    parts = read_all(shared_folder / "data" / "org__symfony")
    assert len(parts) == 154
    assert sum(len(part.pulls) for part in parts) == 20_831
