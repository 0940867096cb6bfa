"""Log lines are JSON, one an event, and no secret is in them wherever it stood."""

from __future__ import annotations

import errno
import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot import logs

NAME = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", min_size=1)
LONG = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", min_size=36, max_size=60)


@st.composite
def secrets(draw: st.DrawFn) -> str:
    """A token of any kind GitHub gives out, a JWT, or a private key."""
    one, two, three = draw(LONG), draw(LONG), draw(LONG)
    return draw(
        st.sampled_from([
            f"ghp_{one}", f"gho_{one}", f"ghu_{one}", f"ghr_{one}", f"ghs_{one}",
            f"ghs_12345_eyJ{one}.eyJ{two}.{three}",
            f"github_pat_{one}_{two}", f"eyJ{one}.eyJ{two}.{three}",
            f"-----BEGIN RSA PRIVATE KEY-----\n{one}\n{two}\n-----END RSA PRIVATE KEY-----\n",
            f"-----BEGIN PRIVATE KEY-----\n{one}\n{two}",
        ])
    )  # fmt: skip


def parts(secret: str) -> list[str]:
    """Return what must not be seen of a secret: every long piece of it."""
    return [piece for piece in secret.replace(".", "\n").replace("_", "\n").splitlines() if len(piece) >= 36]


@st.composite
def nested(draw: st.DrawFn, secret: str) -> Any:
    """A value of a log event with the secret somewhere inside."""
    text = f"{draw(st.text(max_size=9))} {secret} {draw(st.text(max_size=9))}"
    value: Any = draw(st.sampled_from([text, text.encode(), ValueError(text), [text], {"a": text}, {text: 1}]))
    for _ in range(draw(st.integers(0, 4))):
        value = draw(st.sampled_from([[value], (1, value, None), {"deep": value, "other": 2.5}, [{"in": value}, True]]))
    return value


class Plain:
    """Something that JSON does not know and whose repr gives it away."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __repr__(self) -> str:
        return f"Plain({self.secret!r})"


def refuse(token: str) -> None:
    raise RuntimeError(f"refused for {token}")


@pytest.fixture
def configured() -> Iterator[io.StringIO]:
    """Where the log goes; logging is as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    stream = io.StringIO()
    logs.configure("debug", stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@given(st.data())
def test_a_secret_in_any_position_of_any_value_is_blacked_out(data: st.DataObject) -> None:
    secret = data.draw(secrets())
    value = data.draw(nested(secret))
    event = logs.redact_event(None, "info", {"event": "something", "value": value, "n": 3})
    line = json.dumps(event)

    assert logs.BLACKED_OUT in line
    assert not any(piece in line for piece in parts(secret))
    assert event["n"] == 3


@given(secrets())
def test_redacting_twice_changes_nothing_more(secret: str) -> None:
    once = logs.redact(f"a {secret} b")
    assert logs.redact(once) == once


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | NAME, lambda one: st.lists(one) | st.dictionaries(NAME, one)
    )
)
def test_what_holds_no_secret_stays_as_it_is(value: Any) -> None:
    assert logs.redact_value(value) == value


def test_a_line_is_one_json_object_without_secrets(configured: io.StringIO) -> None:
    token = "ghs_" + "a" * 40
    try:
        refuse(token)
    except RuntimeError:
        structlog.get_logger().exception("it failed", url=f"https://x:{token}@example.com", whose=Plain(token), n=1)

    (line,) = configured.getvalue().splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"], said["n"]) == ("it failed", "error", 1)
    assert "RuntimeError: refused for [redacted]" in said["exception"]
    assert said["whose"] == "Plain('[redacted]')"
    assert token not in line


def test_the_lines_of_libraries_are_json_too(configured: io.StringIO) -> None:
    token = "ghp_" + "b" * 36
    try:
        refuse(token)
    except RuntimeError:
        logging.getLogger("aiohttp.server").exception('Error "handling"\nrequest %s', token)
    logging.getLogger("quiet").info("not worth a line")

    (line,) = configured.getvalue().splitlines()
    said = json.loads(line)
    assert (said["logger"], said["level"]) == ("aiohttp.server", "error")
    assert said["event"] == 'Error "handling"\nrequest [redacted]'
    assert "RuntimeError: refused for [redacted]" in said["exception"]
    assert token not in line


def test_what_is_bound_to_a_job_stands_in_each_of_its_lines(configured: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(job=7):
        structlog.get_logger().info("inside")
    structlog.get_logger().info("outside")

    inside, outside = (json.loads(line) for line in configured.getvalue().splitlines())
    assert inside["job"] == 7
    assert "job" not in outside


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    handlers = root.handlers[:]
    root.handlers.clear()
    try:
        logs.configure("warning", sys.stderr)
        structlog.get_logger().info("chatter")
        structlog.get_logger().warning("worth it")
    finally:
        root.handlers[:] = handlers
        structlog.reset_defaults()

    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["worth it"]


def test_the_servers_own_secrets_are_blacked_out_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a key each of its lines; a secret that is part of another one leaves nothing of that to be seen."""
    monkeypatch.setattr(logs, "CONCEALED", [])
    pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA1\nqf9Xw2Lz0aPxVbN\n-----END RSA PRIVATE KEY-----\n"
    logs.conceal(["quiet-heron", "quiet-heron-at-dawn", pem, "short"])
    said = logs.redact("quiet-heron-at-dawn, quiet-heron; line 3: qf9Xw2Lz0aPxVbN; a short word")
    assert said == "[redacted], [redacted]; line 3: [redacted]; a short word"
    logs.conceal(["another-one"])
    assert logs.redact("quiet-heron and another-one") == "quiet-heron and [redacted]"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("postgresql://almanac:hunter2@db.example.com/almanac", "postgresql://[redacted]@db.example.com/almanac"),
        ("https://x:ghp_y@example.com", "https://[redacted]@example.com"),
        ("alm_" + "Ab9-_" * 8, "[redacted]"),
        ("https://example.com:8080/@octocat", "https://example.com:8080/@octocat"),
        ("http://127.0.0.1:1/a?b=c:d@e", "http://127.0.0.1:1/a?b=c:d@e"),
    ],
)
def test_passwords_in_addresses_and_tokens_of_ours_are_blacked_out(text: str, seen: str) -> None:
    assert logs.redact(text) == seen


@pytest.mark.parametrize(
    "name", ["a\nb", "a\r\n{}", "a\u2028b", "a\x85b", "\x1b[2J", "\x00", "\u202e", '"}\n{"event": "forged"']
)
def test_a_name_makes_no_second_line(configured: io.StringIO, name: str) -> None:
    """Nor does it move the cursor of whoever reads: a line is one JSON object in plain ASCII."""
    structlog.get_logger().warning("it failed", repository=name)
    logging.getLogger("aiohttp.server").error("refused for %s", name)
    text = configured.getvalue()
    lines = text.splitlines()
    assert len(lines) == 2
    assert text.replace("\n", "").isascii()
    assert text.replace("\n", "").isprintable()
    assert json.loads(lines[0])["repository"] == name


class Full(io.StringIO):
    """A stream whose disk is full until there is room."""

    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


def test_a_log_that_cannot_be_written_stops_nobody() -> None:
    """A disk full of the log: whoever logs goes on, and once there is room the log says what is missing."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    stream = Full()
    try:
        logs.configure(stream=stream)
        structlog.get_logger().error("the disk is full")
        logging.getLogger("aiohttp.server").error("and says so")
        stream.full = False
        structlog.get_logger().info("there is room again")
    finally:
        root.handlers[:] = handlers
        structlog.reset_defaults()
    missing, said = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert missing["event"] == "lines of the log could not be written"
    assert missing["lines"] >= 2
    assert said["event"] == "there is room again"
