"""docs/api.md is what the server does: its examples run as they stand there, and its limits are the code's."""

from __future__ import annotations

import asyncio
import json
import os
import re
from datetime import timedelta
from pathlib import Path

import pytest

from analytics.traffic import Count
from dashboard.api.description import document
from dashboard.api.rates import MOST
from dashboard.api.replies import MOST_BYTES
from dashboard.pages.account import DAYS, DEFAULT_DAYS
from dashboard.pages.account import MOST as MOST_TOKENS
from storage.api_tokens import SCOPES
from storage.engine import Store
from storage.installations import repository_by_name
from storage.traffic import save_days
from tests.dashboard.answering import Watched
from tests.dashboard.conftest import folder, migrated, pool, quiet, town_of, watched
from tests.dashboard.programs import program
from tests.stories.town import LANTERN

__all__ = ["folder", "migrated", "pool", "quiet", "town_of", "watched"]

PAGE = (Path(__file__).parents[1] / "docs/api.md").read_text()
EXAMPLES = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_its_limits_are_those_of_the_code() -> None:
    assert re.findall(r"^\| `(read:\w+)` \|", PAGE, re.MULTILINE) == list(SCOPES)
    assert f"{MOST} requests a minute" in PAGE
    assert f"larger than {MOST_BYTES // 1024**2} MB" in " ".join(PAGE.split())
    assert f"more than {MOST_TOKENS}." in PAGE
    assert f"{DEFAULT_DAYS} days, {list(DAYS.values())[-1]} at most" in PAGE


async def test_its_examples_work(watched: Watched, tmp_path: Path) -> None:
    """Each runs in a shell with the two variables, and says what its sentence promises."""
    await watched.read("/analytics pulls 2y")
    script = await program(watched.member)
    variables = {"PATH": os.environ["PATH"], "ALMANAC": script.url, "ALMANAC_TOKEN": script.token}

    async def run(example: str) -> str:
        shell = await asyncio.create_subprocess_exec(
            "sh", "-eu", "-c", example.replace("OWNER/REPO", LANTERN), cwd=tmp_path, env=variables,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, wrong = await shell.communicate()
        assert (shell.returncode, wrong) == (0, b""), (example, said, wrong)
        return said.decode()

    listed, answer, facts, rows, days = [await run(example) for example in EXAMPLES]
    assert [one["full_name"] for one in json.loads(listed)["items"]] == [LANTERN]
    assert json.loads(answer)["question"]["against"]["kind"] == "year"
    assert facts.startswith("fact,value\r\n")
    assert {one["state"] for one in json.loads(rows)["items"]} == {"merged"}
    pages = [json.loads(page) for page in days.replace('}{"items"', '}\n{"items"').splitlines()]
    assert len(pages) > 1
    assert pages[-1]["next"] is None
    assert len({one["date"] for page in pages for one in page["items"]}) == sum(len(page["items"]) for page in pages)


async def test_grafana_finds_its_rows_where_the_page_says(watched: Watched) -> None:
    """Whatever is kept: here more days than a page has."""
    store = await Store.open(f"sqlite:///{watched.town.database}")
    today = watched.town.sandbox.clock.now().date()
    kept = await store.read(lambda conn: repository_by_name(conn, *LANTERN.split("/")))
    assert kept is not None
    days = {today - timedelta(days=back): Count(back, 1) for back in range(30, 1200)}
    await store.write(lambda conn: save_days(conn, kept.id, "views", days, None))
    await store.close()
    address = re.search(r"\| URL \| `PUBLIC_URL/api/v1(\S+)` \|", PAGE)
    root = re.search(r"\| Rows/Root \| `(\w+)` \|", PAGE)
    columns = re.search(r"\| Columns \| (.*) \|", PAGE)
    assert address is not None
    assert root is not None
    assert columns is not None
    asked = address[1].replace("OWNER/REPO", LANTERN)
    for word, day in (("from", today - timedelta(days=90)), ("to", today)):
        asked = asked.replace(f"${{__{word}:date:YYYY-MM-DD}}", day.isoformat())
    told = await (await program(watched.member)).get(asked)
    (first, *others) = told.json[root[1]]
    assert set(re.findall(r"`(\w+)`", columns[1])) <= first.keys()
    assert first["date"] == (today - timedelta(days=90)).isoformat()
    assert others[-1]["date"] >= (today - timedelta(days=2)).isoformat()
    assert told.json["next"] is None


@pytest.mark.parametrize("word", ["fresh", "stale"])
def test_what_it_says_of_age_is_in_the_description(word: str) -> None:
    schemas = document("")["components"]["schemas"]
    assert word in {**schemas["Completeness"]["properties"], **schemas["Known"]["properties"]}
