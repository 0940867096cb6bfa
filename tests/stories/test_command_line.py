"""The server's start and the demo, as a person meets them: whole processes."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from tests.stories.town import PATIENCE, ROOT


async def run(folder: Path, *words: str, **variables: str) -> tuple[int, str]:
    """Run `python -m bot …` with nothing configured but `variables`; return its status and what it said."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *words,
        env={**kept, "DATA_DIR": str(folder), **variables}, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = await asyncio.wait_for(child.communicate(), PATIENCE)
    finally:
        if child.returncode is None:
            child.kill()
    assert child.returncode is not None
    return child.returncode, said.decode()


async def test_a_server_that_has_a_part_of_its_credentials_names_the_others(tmp_path: Path) -> None:
    """`serve` ends with status 2 and names each variable it needs; with none of them it would set itself up."""
    status, said = await run(tmp_path, "serve", GITHUB_APP_ID="12345")
    assert status == 2
    for name in ("GITHUB_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET"):
        assert f"{name} " in said
    assert "docs/configuration.md" in said
    assert "Traceback" not in said
    assert os.listdir(tmp_path) == []  # noqa: PTH208


async def test_a_server_that_cannot_be_set_up_either_names_what_is_wrong(tmp_path: Path) -> None:
    """Without credentials every other setting is read all the same, before any page is served."""
    status, said = await run(tmp_path, "serve", PORT="eighty", PUBLIC_URL="almanac")
    assert status == 2
    assert "PORT is not a port" in said
    assert "PUBLIC_URL is not a web address" in said
    assert "code" not in said
    assert os.listdir(tmp_path) == []  # noqa: PTH208


async def test_the_doctor_of_a_server_without_credentials_says_where_they_come_from(tmp_path: Path) -> None:
    """`doctor` fails with one line, and what to do."""
    status, said = await run(tmp_path, "doctor")
    assert status == 1
    assert said.startswith("fail  Settings: There are no credentials of a GitHub App")
    assert "open /setup" in said


async def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    """Wrong values stand beside missing ones, in one list; a secret that is wrong is not repeated."""
    status, said = await run(
        tmp_path, "serve",
        GITHUB_PRIVATE_KEY="not-a-key-but-secret", PORT="eighty", PUBLIC_URL="almanac", GITHUB_API_URL="ftp://x",
        DATABASE_URL="mysql://almanac:hunter2@db/almanac",
    )  # fmt: skip
    assert status == 2
    for name in ("GITHUB_APP_ID", "GITHUB_PRIVATE_KEY", "GITHUB_WEBHOOK_SECRET", "PORT", "PUBLIC_URL"):
        assert f"{name} " in said
    assert "DATABASE_URL is not a database address: it must look like sqlite:" in said
    assert "not-a-key-but-secret" not in said
    assert "hunter2" not in said


async def test_a_key_that_was_cut_off_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    """A key that lost its last line on the way is refused at the start, not at the first webhook."""
    cut_off = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA"
    status, said = await run(
        tmp_path, "serve", GITHUB_APP_ID="1", GITHUB_WEBHOOK_SECRET="s", GITHUB_PRIVATE_KEY=cut_off, PORT="0"
    )
    assert status == 2
    assert "GITHUB_PRIVATE_KEY " in said
    assert "cut off" in said
    assert "MIIE" not in said


async def test_the_demo_answers_once(tmp_path: Path) -> None:
    """`demo --once COMMENT` prints the answer and where its pictures lie, and exits 0; a mistake is answered, too."""
    comment = "/analytics\n/analytics time-to-marge"
    status, said = await run(tmp_path, "demo", "--once", comment, "--out", str(tmp_path / "out"))
    assert status == 0, said
    assert "pull requests opened" in said
    assert "Did you mean `time-to-merge`?" in said
    pictures = [Path(line.removeprefix("picture: ")) for line in said.splitlines() if line.startswith("picture: ")]
    assert len(pictures) == 2
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in pictures)
