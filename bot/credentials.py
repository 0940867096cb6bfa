"""The App's credentials as the set-up stored them: one file of its owner's only, written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

FILE = "github-app.json"
OWNER_ONLY = 0o600
REHEARSED = b"x" * 8192  # more than the credentials have
RENAMED = {"teams": "owners-and-teams"}
"""Groups of app.yml that were called otherwise when they were chosen."""
WITHOUT_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


@dataclass(frozen=True, slots=True)
class Credentials:
    """What GitHub gave out when the App was registered; groups are those of app.yml that were chosen then."""

    app_id: int
    client_id: str
    client_secret: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    private_key: str = field(repr=False)
    slug: str
    page: str
    """The App's page on GitHub."""
    api_url: str
    """The GitHub that knows it."""
    groups: tuple[str, ...] = ()


class Unusable(ValueError):  # noqa: N818 - it says what the file is
    """There is a file, and it gives no credentials; the text is a sentence that repeats nothing of it."""


def file_of(data_dir: Path) -> Path:
    """Return where the credentials lie."""
    return data_dir / FILE


def stored(data_dir: Path) -> Credentials | None:
    """Return what is stored, None where nothing is; raises Unusable."""
    path = file_of(data_dir)
    try:
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if is_there(path):
            raise Unusable(f"{path} leads to a file that is not there: is a disk missing?") from None
        return None
    except OSError as error:
        raise Unusable(f"{path} holds the App's credentials and cannot be read: {error.strerror}") from None
    try:
        known = msgspec.json.decode(data, type=Credentials)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Unusable(
            f"{path} does not hold an App's credentials any more: put a copy of it back, or move it away and set "
            "the server up again"
        ) from None
    return replace(known, groups=tuple(RENAMED.get(each, each) for each in known.groups))


def keep(credentials: Credentials, data_dir: Path) -> Path:
    """Store the credentials and return where; raises OSError, of it FileExistsError if there are some already."""
    path = file_of(data_dir)
    put(path, msgspec.json.format(msgspec.json.encode(credentials), indent=2) + b"\n")
    return path


def rehearse(data_dir: Path) -> None:
    """Store something as the credentials will be and take it away; raises OSError where they could not be stored."""
    if is_there(file_of(data_dir)):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file_of(data_dir)))
    path = data_dir / f".{FILE}.rehearsal-{secrets.token_hex(8)}"
    try:
        put(path, REHEARSED)
    finally:
        if data_dir.is_dir():
            path.unlink(missing_ok=True)


def put(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read, all of it or nothing; never another one's place is taken."""
    if path.parent.exists() and not path.parent.is_dir():
        # what `mkdir` says of it would sound as if there were credentials already
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path.parent))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    # created closed: a file that is narrowed afterwards was open for a moment
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        name(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def name(draft: Path, path: Path) -> None:
    """Give the finished file its name, unless that is taken: a rename alone would replace what has it."""
    try:
        os.link(draft, path)
    except OSError as error:
        if error.errno not in WITHOUT_LINKS:
            raise
        # some mounted folders know no links: there the name is taken first, and then filled
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
        draft.replace(path)


NAMES = {
    "GITHUB_APP_ID": "app_id",
    "GITHUB_CLIENT_ID": "client_id",
    "GITHUB_CLIENT_SECRET": "client_secret",
    "GITHUB_PRIVATE_KEY": "private_key",
    "GITHUB_WEBHOOK_SECRET": "webhook_secret",
}
"""What the environment may say instead, and what it is in the file."""


@dataclass(frozen=True, slots=True)
class Found:
    """The environment, completed by the stored credentials if it has none; file is where those came from.

    Where the two cannot be told apart, faults holds a sentence and the environment is as it was.
    """

    environ: Mapping[str, str] = field(repr=False)
    file: Path | None = None
    faults: tuple[str, ...] = ()


def completed(environ: Mapping[str, str], data_dir: Path, api_url: str) -> Found:
    """Look for the App's credentials: all of them in the environment, or all in the file, never some of each."""
    given = [name for name in NAMES if environ.get(name, "").strip()]
    if is_complete(given):
        return Found(environ)
    try:
        known = stored(data_dir)
    except Unusable as unusable:
        return Found(environ, faults=(str(unusable),))
    if known is None:
        return Found(environ)
    path = file_of(data_dir)
    if given:
        others = [each for each in NAMES if each not in given]
        said = (
            f"{', '.join(given)} {'is' if len(given) == 1 else 'are'} set, and {path} holds an App's credentials, too: "
            f"remove what is set to go by the file, or set {', '.join(others)} as well"
        )
        return Found(environ, faults=(said,))
    if known.api_url != api_url.rstrip("/"):
        said = f"{path} holds the credentials of an App on {known.api_url}, and GITHUB_API_URL names {api_url}"
        return Found(environ, faults=(said,))
    return Found({**environ, **{each: str(getattr(known, key)) for each, key in NAMES.items()}}, path)


def is_complete(given: Collection[str]) -> bool:
    """Tell whether these variables are enough to be the App; its client secret is for signing in only."""
    named = "GITHUB_APP_ID" in given or "GITHUB_CLIENT_ID" in given
    return named and "GITHUB_PRIVATE_KEY" in given and "GITHUB_WEBHOOK_SECRET" in given


def are_missing(environ: Mapping[str, str], data_dir: Path) -> bool:
    """Tell whether there are no credentials at all, neither in the environment nor in a file of whatever content."""
    return not any(environ.get(name, "").strip() for name in NAMES) and not is_there(file_of(data_dir))


def is_there(path: Path) -> bool:
    """Tell whether something has this name; where that may not be known, it is taken to be there."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
