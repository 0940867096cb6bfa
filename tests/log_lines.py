"""Every secret that the code makes during a run of the tests, and every log line that it writes: none holds one.

Secrets are what `secrets.token_urlsafe` and `secrets.token_hex` give out: sessions, states and verifiers of signing in,
tokens of the data API, unguessable addresses, and the sandbox's tokens, client secrets and webhook secrets. What GitHub
gives out is known by its shape. A line is looked at as a server writes it.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

import structlog
import structlog.testing

from bot.logs import BLACKED_OUT, RedactingFormatter, redact_value

HEAD = 16
"""Characters by which a secret is known, wherever in a line they stand."""
SHORTEST = 32
WORD = re.compile(rf"[A-Za-z0-9_-]{{{HEAD},}}")
OF_GITHUB = re.compile(r"gh[a-z]_\w{20}|github_pat_\w{20}|eyJ[\w-]{10,}\.[\w-]{10,}\.|PRIVATE KEY-----\\?n?\w")


class LogLines:
    """Watches what is made and what is written; `leaks` are the lines that hold a secret, which is not repeated."""

    def __init__(self) -> None:
        self.heads: set[str] = set()
        self.seen = 0
        self.leaks: list[str] = []

    def watching(self, make: Callable[..., str]) -> Callable[..., str]:
        """Return `make`, every long text that it returns known as a secret from then on."""

        def made(*arguments: Any) -> str:
            text = make(*arguments)
            if len(text) >= SHORTEST:
                self.heads.add(text[:HEAD])
            return text

        return made

    def look(self, line: str) -> None:
        """Look at a line as it is written."""
        self.seen += 1
        found = [
            word[at : at + HEAD] for word in WORD.findall(line) for at in range(len(word) - HEAD + 1)
            if word[at : at + HEAD] in self.heads
        ]  # fmt: skip
        if found or OF_GITHUB.search(line):
            for head in found:
                line = line.replace(head, BLACKED_OUT)
            self.leaks.append(OF_GITHUB.sub(BLACKED_OUT, line)[:500])

    def event(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Look at an event and hand it on (a structlog processor)."""
        self.look(str(redact_value(dict(event))))
        return event

    def taken(self) -> list[str]:
        """Return the lines that held a secret since this was asked last."""
        found, self.leaks = self.leaks, []
        return found


class OfLibraries(logging.Handler):
    """Looks at what libraries write, from the level on from which a server writes it."""

    def __init__(self, lines: LogLines, formatter: logging.Formatter) -> None:
        super().__init__(logging.WARNING)
        self.lines = lines
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.look(self.format(record))


LINES = LogLines()


def always_watched(configure: Callable[..., None]) -> Callable[..., None]:
    """Return `configure`, which has each event looked at before it is rendered, whatever processors it is given."""

    def configured(processors: Sequence[Any] | None = None, **options: Any) -> None:
        if processors and LINES.event not in processors:
            processors = [*processors[:-1], LINES.event, processors[-1]]
        configure(processors=processors, **options)

    return configured


def watch() -> None:
    """Begin to watch this process."""
    structlog.configure = always_watched(structlog.configure)
    capture = structlog.testing.LogCapture.__call__

    def captured(self: structlog.testing.LogCapture, logger: Any, method: str, event: Any) -> Any:
        LINES.event(logger, method, event)
        return capture(self, logger, method, event)

    structlog.testing.LogCapture.__call__ = captured  # type: ignore[method-assign,assignment]
    secrets.token_urlsafe = LINES.watching(secrets.token_urlsafe)
    secrets.token_hex = LINES.watching(secrets.token_hex)
    handler = OfLibraries(LINES, RedactingFormatter())
    configured = logging.basicConfig

    def configured_and_watched(**options: Any) -> None:
        # a command that is run in a test sends the log where it belongs, and closes whoever listened before
        configured(**options)
        logging.getLogger().addHandler(handler)

    logging.basicConfig = configured_and_watched
    logging.getLogger().addHandler(handler)
