"""A line with a secret in it is found in whatever test it is written, and what finds it does not repeat it."""

from __future__ import annotations

import io
import logging
import secrets
from collections.abc import Iterator

import pytest
import structlog

from bot import logs
from dashboard.api.callers import new_token
from dashboard.sessions import new_secret
from tests.log_lines import LINES


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    yield
    LINES.taken()


def refuse(secret: str) -> None:
    raise RuntimeError(f"refused for {secret}")


@pytest.mark.parametrize("say", ["session {}", "https://x.example/?state={}", "b'{}'"])
def test_a_secret_of_a_session_is_found_in_a_line(say: str) -> None:
    secret = new_secret()
    structlog.get_logger().warning("it failed", why=[say.format(secret)])
    (line,) = LINES.taken()
    assert "it failed" in line
    assert secret not in line


def test_one_in_a_traceback_is_found() -> None:
    secret = secrets.token_hex(20)
    try:
        refuse(secret)
    except RuntimeError:
        structlog.get_logger().exception("it failed")
    assert len(LINES.taken()) == 1


def test_one_is_found_whatever_a_command_or_a_test_does_with_the_log() -> None:
    logs.configure("info", io.StringIO())
    structlog.get_logger().info("it was asked for", token_of=[new_secret()])
    with structlog.testing.capture_logs():
        structlog.get_logger().info("it was asked for", token_of=[new_secret()])
    assert len(LINES.taken()) == 2


def test_one_that_a_library_writes_is_found() -> None:
    logging.getLogger("aiohttp.server").error("refused for %s", new_secret())
    assert len(LINES.taken()) == 1


def test_one_that_a_library_writes_is_found_after_a_command_sent_the_log_elsewhere() -> None:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("error", io.StringIO())
    try:
        logging.getLogger("aiohttp.server").error("refused for %s", new_secret())
        assert len(LINES.taken()) == 1
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def test_what_is_blacked_out_and_what_is_no_secret_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "CONCEALED", [])
    before = LINES.seen
    structlog.get_logger().warning("an ordinary line", token=new_token(), key="ghs_" + "a" * 40, job=7)
    logs.conceal(["a secret of the environment"])
    structlog.get_logger().warning("another", why="refused for a secret of the environment")
    assert (LINES.seen, LINES.taken()) == (before + 2, [])
