"""POST /webhooks/github: verify, remember once, answer 202. It decides nothing; the worker does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from aiohttp import web

from bot.acknowledgement import Acknowledgements
from bot.arriving import Arriving, may_be_signed
from bot.measured import Measured
from github.deliveries import repository_of, verify
from storage.intake import Delivery, Intake
from storage.queue import Wakeup

PATH = "/webhooks/github"
STILL_REFUSED = 30.0
"""Seconds for which a delivery that could not be stored counts: to whoever is not ready none is sent any more."""
TELL_AFTER = 0.05  # seconds: so many deliveries as come in it share one line of the log
COMMAND = b"/analytics"
ASKS, HAPPENS = 6, 5  # priorities

log = structlog.get_logger(__name__)


class Inbox:
    """The webhook's address: one method, `receive`."""

    def __init__(
        self,
        secrets: Sequence[bytes],
        intake: Intake,
        wakeup: Wakeup,
        now: Callable[[], datetime],
        measured: Measured | None = None,
    ) -> None:
        """Take deliveries that are signed with any of `secrets`: more than one while one replaces another."""
        self.measured = measured or Measured()
        self.failed_at: float | None = None
        """The machine's monotonic time when a delivery could not be stored; None once one could."""
        self.secrets = secrets
        self.intake = intake
        self.wakeup = wakeup
        self.now = now
        self.acknowledgements = Acknowledgements()
        self.untold: list[str] = []
        """The ids of new deliveries that the log does not have yet."""
        self.arriving = Arriving()

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Answer 202 once the delivery is on disk; 400, 401, 408, 413 say what was wrong, 503 that it is not kept."""
        began = time.monotonic()
        headers = request.headers
        signature = headers.get("X-Hub-Signature-256")
        try:
            body = await self.arriving.body_of(request) if may_be_signed(signature) else None
        except web.HTTPException:
            self.measured.deliveries.add("refused")
            raise
        if body is None or not any(verify(secret, body, signature) for secret in self.secrets):
            self.measured.deliveries.add("unsigned")
            return refuse(401, "X-Hub-Signature-256 is missing, or does not sign this body with this App's secret")
        guid, event = headers.get("X-GitHub-Delivery"), headers.get("X-GitHub-Event")
        if not guid or not event or not (guid.isascii() and event.isascii()):
            self.measured.deliveries.add("malformed")
            return refuse(400, "the headers X-GitHub-Delivery and X-GitHub-Event must both be there, in plain ASCII")
        try:
            repository_id = repository_of(body)
        except ValueError as error:
            self.measured.deliveries.add("malformed")
            return refuse(400, str(error))
        now = self.now()
        lock = None if repository_id is None else f"repository:{repository_id}"
        try:
            new = await self.intake.remember(Delivery(guid, event, body, now, lock, priority_of(body)))
        except Exception as error:  # whatever kept it from the disk, GitHub must hear that it is not there
            log.exception("a delivery could not be stored", delivery=guid, github_event=event, error=repr(error))
            self.failed_at = time.monotonic()
            self.measured.deliveries.add("not stored")
            return refuse(503, "the delivery could not be stored; ask GitHub to deliver it again later")
        self.failed_at = None
        self.measured.deliveries.add("new" if new else "known")
        self.measured.delivery_seconds.observe(time.monotonic() - began)
        if new:
            self.wakeup.set()
            if not self.untold:
                asyncio.get_running_loop().call_later(TELL_AFTER, self.tell)
            self.untold.append(guid)
        return self.acknowledgements.answer(request, now)

    def was_refused(self) -> bool:
        """Tell whether the latest delivery could not be stored, and that was not long ago."""
        return self.failed_at is not None and time.monotonic() - self.failed_at < STILL_REFUSED

    def tell(self) -> None:
        """Log the deliveries that came in since this was done last, all of them in one line."""
        if self.untold:
            log.info("deliveries are stored", deliveries=self.untold)
            self.untold = []


def priority_of(body: bytes) -> int:
    """Return the priority of a delivery: what may hold a command goes before what merely happens.

    So thousands of events of one owner keep nobody else's question waiting. It is a guess, and free: a body that names
    the command without asking goes first as well, and one that is written otherwise is answered in its turn.
    """
    return ASKS if COMMAND in body else HAPPENS


def refuse(status: int, sentence: str) -> web.Response:
    """Say in one sentence why a delivery was not taken."""
    return web.Response(status=status, text=sentence + "\n")
