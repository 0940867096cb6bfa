"""The stored credentials: written whole or not at all, never over others, and never mixed with the environment's."""

from __future__ import annotations

import errno
import os
import resource
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.credentials import FILE, Credentials, Unusable, are_missing, completed, file_of, keep, rehearse, stored
from bot.manifest import read_app_yml
from bot.settings import Incomplete, Settings
from tests.stories.town import ROOT

API = "https://api.github.com"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nbm90IGEga2V5\n-----END RSA PRIVATE KEY-----\n"
KEPT = Credentials(
    app_id=7, client_id="Iv23abc", client_secret="quiet-heron", webhook_secret="deaf-otter", private_key=PEM,
    slug="almanac", page="https://github.com/apps/almanac", api_url=API, groups=("traffic",),
)  # fmt: skip
COMPLETE = {"GITHUB_APP_ID": "12345", "GITHUB_PRIVATE_KEY": PEM, "GITHUB_WEBHOOK_SECRET": "from-the-environment"}


def test_what_is_kept_is_found_again_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    path = keep(KEPT, folder)
    assert stored(folder) == KEPT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in folder.iterdir()] == [FILE]


def test_a_group_that_was_chosen_by_an_earlier_name_is_known_by_its_own(tmp_path: Path) -> None:
    keep(replace(KEPT, groups=("traffic", "teams")), tmp_path)
    known = stored(tmp_path)
    assert known is not None
    assert known.groups == ("traffic", "owners-and-teams")
    assert set(known.groups) <= {group.name for group in read_app_yml().groups}


def test_nothing_is_ever_overwritten(tmp_path: Path) -> None:
    keep(KEPT, tmp_path)
    with pytest.raises(FileExistsError):
        keep(replace(KEPT, app_id=8), tmp_path)
    with pytest.raises(FileExistsError):
        rehearse(tmp_path)
    assert stored(tmp_path) == KEPT
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_a_folder_without_links_is_treated_with_the_same_care(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some mounted folders refuse them."""

    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    path = keep(KEPT, tmp_path)
    assert stored(tmp_path) == KEPT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        keep(replace(KEPT, app_id=8), tmp_path)
    assert stored(tmp_path) == KEPT
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """The size of a file is limited to less than the credentials have: writing ends in the middle."""
    code = f"""
import pathlib, resource, signal
from tests.bot.test_credentials import KEPT
from bot.credentials import keep, rehearse
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, {resource.RLIM_INFINITY}))
for attempt in (lambda folder: keep(KEPT, folder), rehearse):
    try:
        attempt(pathlib.Path({str(tmp_path)!r}))
    except OSError as error:
        print(error.strerror)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["File too large"] * 2
    assert list(tmp_path.iterdir()) == []


def test_a_rehearsal_leaves_nothing_behind_and_says_when_there_is_no_place(tmp_path: Path) -> None:
    rehearse(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(NotADirectoryError):
        rehearse(tmp_path / "file")


def test_secrets_are_in_no_repr(tmp_path: Path) -> None:
    keep(KEPT, tmp_path)
    settings = Settings.from_environ({"DATA_DIR": str(tmp_path)})
    for shown in (repr(KEPT), repr(settings), repr(completed({}, tmp_path, API))):
        for secret in ("quiet-heron", "deaf-otter", "bm90IGEga2V5"):
            assert secret not in shown


def test_a_server_without_credentials_in_its_environment_goes_by_what_is_stored(tmp_path: Path) -> None:
    keep(KEPT, tmp_path)
    settings = Settings.from_environ({"DATA_DIR": str(tmp_path)})
    assert (settings.issuer, settings.client_id, settings.client_secret) == ("Iv23abc", "Iv23abc", "quiet-heron")
    assert (settings.webhook_secret, settings.private_key) == (b"deaf-otter", PEM)
    assert settings.credentials_file == file_of(tmp_path)
    assert settings.called("GITHUB_PRIVATE_KEY") == f"private_key in {tmp_path / FILE}"


def test_the_environment_wins_as_a_whole(tmp_path: Path) -> None:
    """Not even a secret that the environment leaves out is taken from the file, nor is the file read at all."""
    keep(KEPT, tmp_path)
    settings = Settings.from_environ({"DATA_DIR": str(tmp_path), **COMPLETE})
    assert (settings.issuer, settings.webhook_secret) == ("12345", b"from-the-environment")
    assert (settings.client_id, settings.client_secret, settings.credentials_file) == (None, None, None)
    assert settings.called("GITHUB_PRIVATE_KEY") == "GITHUB_PRIVATE_KEY"
    file_of(tmp_path).write_text("broken")
    assert Settings.from_environ({"DATA_DIR": str(tmp_path), **COMPLETE}) == settings


@pytest.mark.parametrize("given", ["GITHUB_APP_ID", "GITHUB_WEBHOOK_SECRET", "GITHUB_CLIENT_SECRET"])
def test_some_of_each_is_refused_with_a_sentence(tmp_path: Path, given: str) -> None:
    keep(KEPT, tmp_path)
    with pytest.raises(Incomplete) as refused:
        Settings.from_environ({"DATA_DIR": str(tmp_path), given: "1"})
    (fault,) = refused.value.faults
    assert fault.startswith(
        f"{given} is set, and {tmp_path / FILE} holds an App's credentials, too: remove what is set"
    )


@pytest.mark.parametrize("content", ["", "{", '{"app_id": "seven"}', "[]", '"deaf-otter"'])
def test_a_broken_file_is_named_and_not_quoted(tmp_path: Path, content: str) -> None:
    file_of(tmp_path).write_text(content)
    with pytest.raises(Unusable, match="does not hold an App's credentials any more: put a copy of it back"):
        stored(tmp_path)
    with pytest.raises(Incomplete) as refused:
        Settings.from_environ({"DATA_DIR": str(tmp_path)})
    assert "otter" not in str(refused.value)
    assert not are_missing({}, tmp_path), "a broken file must not open the set-up: another App would be registered"


def test_credentials_of_another_github_are_not_sent_to_this_one(tmp_path: Path) -> None:
    keep(KEPT, tmp_path)
    with pytest.raises(Incomplete, match=r"an App on https://api.github.com, and GITHUB_API_URL names https://ghe"):
        Settings.from_environ({"DATA_DIR": str(tmp_path), "GITHUB_API_URL": "https://ghe.example.com/api/v3"})


def test_a_stored_key_that_is_none_is_named_by_its_place(tmp_path: Path) -> None:
    keep(replace(KEPT, private_key="scrambled"), tmp_path)
    with pytest.raises(Incomplete) as refused:
        Settings.from_environ({"DATA_DIR": str(tmp_path)})
    assert refused.value.faults[0].startswith(f"private_key in {tmp_path / FILE} ")
    assert "scrambled" not in str(refused.value)


def test_credentials_are_missing_only_where_there_is_nothing_at_all(tmp_path: Path) -> None:
    assert are_missing({"GITHUB_APP_ID": " ", "PUBLIC_URL": "https://almanac.example.com"}, tmp_path)
    assert not are_missing({"GITHUB_CLIENT_SECRET": "x"}, tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file_of(elsewhere).symlink_to(tmp_path / "a-disk-that-is-not-mounted")
    assert not are_missing({}, elsewhere), "another App must not be registered because a disk is missing"
    with pytest.raises(Unusable, match="is a disk missing"):
        stored(elsewhere)
    keep(KEPT, tmp_path)
    assert not are_missing({}, tmp_path)
