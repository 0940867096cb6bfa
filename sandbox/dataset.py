"""The activity of one repository as plain rows, and the folder of gzipped JSON lines it is kept in.

A folder holds `repo.json` and, each optional, `<table>.jsonl.gz` with one JSON object a line. Field names are those of
GitHub's REST API, times are `YYYY-MM-DDTHH:MM:SSZ`, null means unknown or absent.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from sandbox import traffic_folder
from sandbox.traffic_replay import Replay

Row = dict[str, Any]
TABLES = (
    "pulls", "reviews", "issues", "comments", "commits", "timeline", "releases", "stars", "watches", "forks",
)  # fmt: skip


@dataclass(eq=True)
class Dataset:
    """One repository: `repo` describes it, the lists hold a row per thing; a table without a file is empty.

    `repo` has at least `full_name`; `owner`, `name`, `snapshot_at` (the "now" of the data), `default_branch`,
    `visibility` and `archived` where known. Rows of `timeline` are {number, id, event, created_at, actor,
    requested_reviewer | requested_team}, those of `releases` {id, tag_name, name, created_at, published_at,
    prerelease, draft, target_sha, author}, of `stars` {user, starred_at}, of `watches` {user, created_at}, of `forks`
    {id, owner, created_at}. `replay` is captured traffic, read from a collector's folder and never written;
    `repo["traffic"]` says how traffic is made up instead (the fields of `sandbox.traffic_generated.Habits`).
    """

    repo: Row
    pulls: list[Row] = field(default_factory=list)
    reviews: list[Row] = field(default_factory=list)
    issues: list[Row] = field(default_factory=list)
    comments: list[Row] = field(default_factory=list)
    commits: list[Row] = field(default_factory=list)
    timeline: list[Row] = field(default_factory=list)
    releases: list[Row] = field(default_factory=list)
    stars: list[Row] = field(default_factory=list)
    watches: list[Row] = field(default_factory=list)
    forks: list[Row] = field(default_factory=list)
    replay: Replay | None = None

    @property
    def full_name(self) -> str:
        return str(self.repo["full_name"])

    @classmethod
    def read(cls, folder: Path | str) -> Dataset:
        """Read a folder, a traffic collector's too; ValueError names the file and line of a bad row.

        FileNotFoundError where it is neither one with a `repo.json` nor one with captured traffic.
        """
        folder = Path(folder)
        if traffic_folder.is_one(folder) and not (folder / "repo.json").is_file():
            replay = traffic_folder.read_replay(folder)
            described, stars, forks = traffic_folder.read_rows(folder, replay)
            return cls(described, stars=stars, forks=forks, replay=replay)
        repo: Row = msgspec.json.decode((folder / "repo.json").read_bytes())
        tables: dict[str, Any] = {table: _read_rows(folder / f"{table}.jsonl.gz") for table in TABLES}
        return cls(repo, **tables)

    def write(self, folder: Path | str) -> None:
        """Write the folder so that `read` gives an equal data set; the same rows give the same bytes."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "repo.json").write_bytes(msgspec.json.format(msgspec.json.encode(self.repo), indent=2) + b"\n")
        for table in TABLES:
            _write_rows(folder / f"{table}.jsonl.gz", getattr(self, table))

    def repositories(self) -> list[Dataset]:
        """Split rows of an organisation's folder by their `repo` field; a repository's own folder is returned as is.

        The descriptions of the parts keep the organisation's `snapshot_at` and take owner and name from the rows.
        """
        if not any("repo" in row for table in TABLES for row in getattr(self, table)):
            return [self]
        parts: dict[str, dict[str, Any]] = defaultdict(lambda: defaultdict(list))
        for table in TABLES:
            for row in getattr(self, table):
                parts[row["repo"]][table].append({key: value for key, value in row.items() if key != "repo"})
        return [Dataset(self._part(name), **tables) for name, tables in sorted(parts.items())]

    def _part(self, full_name: str) -> Row:
        owner, name = full_name.split("/", 1)
        return {
            "full_name": full_name, "owner": owner, "name": name,
            "snapshot_at": self.repo.get("snapshot_at"), "default_branch": "main",
        }  # fmt: skip


def read_all(folder: Path | str) -> list[Dataset]:
    """Read every repository of a folder: its own, those of an organisation's rows, or one per sub-folder."""
    folder = Path(folder)
    if _is_one(folder):
        return Dataset.read(folder).repositories()
    inside = sorted(one for one in folder.iterdir() if _is_one(one)) if folder.is_dir() else []
    found = [part for one in inside for part in Dataset.read(one).repositories()]
    if not found:
        raise FileNotFoundError(
            f"{folder} holds no repo.json and no captured traffic, nor does any folder directly in it"
        )
    return found


def _is_one(folder: Path) -> bool:
    return (folder / "repo.json").is_file() or traffic_folder.is_one(folder)


def _read_rows(path: Path) -> list[Row]:
    if not path.is_file():
        return []
    rows: list[Row] = []
    with gzip.open(path, "rb") as lines:
        for count, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                rows.append(msgspec.json.decode(line))
            except msgspec.DecodeError as error:
                raise ValueError(f"{path}, line {count}: {error}") from error
    return rows


def _write_rows(path: Path, rows: Iterable[Row]) -> None:
    # A time stamp in the header would make equal data give unequal files.
    lines = msgspec.json.Encoder().encode_lines(rows)
    path.write_bytes(gzip.compress(lines, compresslevel=6, mtime=0))
