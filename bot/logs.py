"""Log lines as JSON on standard error, one per event, without secrets: tokens and keys are blacked out."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, TextIO, cast

import structlog

# Installation tokens are `ghs_<app id>_<JWT>` of about 520 characters since April 2026, with dots.
SECRETS = re.compile(
    r"gh[a-z]_[A-Za-z0-9._-]{20,}"
    r"|github_pat_[A-Za-z0-9_]{20,}"
    r"|alm_[A-Za-z0-9_-]{20,}"
    r"|(?<=://)[^\s/?#@]*:[^\s/?#@]*(?=@)"  # the user and the password in an address
    r"|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    re.DOTALL,
)
BLACKED_OUT = "[redacted]"
SHORTEST = 8
"""Characters of a secret that is looked for letter by letter: a shorter one would black out ordinary words."""

CONCEALED: list[str] = []
"""The secrets of this process, the longest first, since one may be part of another."""


def conceal(secrets: Iterable[str]) -> None:
    """Black out these texts from now on, and nothing of what was told before; of a key each of its lines."""
    lines = {line.strip() for secret in secrets for line in (secret, *secret.splitlines())}
    # the frame of a key is no secret, and a line of it may be the end of nothing
    CONCEALED[:] = sorted((one for one in lines if len(one) >= SHORTEST and "-----" not in one), key=len, reverse=True)


def redact(text: str) -> str:
    """Return `text` with every token, JWT, PEM block and password blacked out, and what `conceal` was told."""
    for secret in CONCEALED:
        if secret in text:
            text = text.replace(secret, BLACKED_OUT)
    return SECRETS.sub(BLACKED_OUT, text)


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Black out secrets in every value of a log event (a structlog processor)."""
    for key, value in event.items():
        event[key] = redact_value(value)
    return event


def redact_value(value: Any) -> Any:
    """Return `value` as JSON has it, secrets blacked out however deep they lie; what JSON does not know as its repr."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {redact(str(key)): redact_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(one) for one in value]
    if isinstance(value, bytes):
        return redact(value.decode(errors="replace"))
    return redact(value if isinstance(value, str) else repr(value))


class RedactingFormatter(logging.Formatter):
    """Formats what libraries log through the standard library the same way: one JSON object a line, no secrets."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(redact_value(line))


class Lasting:
    """A stream of log lines that never stops whoever writes: a line that cannot be written is counted and left out.

    A disk that is full of a log is mended while the server goes on; then one line says how many are missing.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.missing = 0

    def write(self, text: str) -> int:
        """Write a text, or count it."""
        try:
            if self.missing:
                said = {"event": "lines of the log could not be written", "level": "error", "lines": self.missing}
                self.stream.write(json.dumps(said) + "\n")
                self.stream.flush()
                self.missing = 0
            return self.stream.write(text)
        except (OSError, ValueError):  # a full or a broken disk, a pipe that nobody reads, a stream that is closed
            self.missing += 1
            return len(text)

    def flush(self) -> None:
        """Flush what was written."""
        try:
            self.stream.flush()
        except (OSError, ValueError):
            self.missing += 1


def processors() -> list[Any]:
    """Return what makes an event a line: with what is bound to its job, such as the delivery's id, without secrets."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact_event,
        structlog.processors.JSONRenderer(),
    ]


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Send every log line of this process to `stream` (standard error by default)."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    lasting = cast("TextIO", Lasting(stream or sys.stderr))
    structlog.configure(
        processors=processors(),
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(lasting),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(lasting)
    handler.setFormatter(RedactingFormatter())
    logging.basicConfig(level=max(threshold, logging.WARNING), handlers=[handler], force=True)
