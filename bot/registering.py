"""From GitHub's code to stored credentials: each step is gone again where it ended, and none is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import aiohttp
import structlog

from bot.credentials import Credentials, file_of, keep, rehearse
from bot.settings import Settings
from dashboard.setup_needs import Choice, Failed
from github.client import GitHub
from github.credentials import Nobody
from github.endpoints import Endpoints
from github.errors import Gone, Later, Refused, Unsure
from github.wire import Sleep, Wire
from github.writes.manifest import Registered, convert

PATIENCE = timedelta(seconds=8)  # somebody looks at an empty page meanwhile
WRITABLE = "DATA_DIR must be a folder on a disk with some space, which the server's user may write to."
HALF = "If GitHub lists the App (Settings → Developer settings → GitHub Apps), delete it: nobody knows its key."

log = structlog.get_logger(__name__)


class Registering:
    """Makes credentials of a code, once."""

    def __init__(self, settings: Settings, endpoints: Endpoints, sleep: Sleep) -> None:
        self.settings, self.endpoints, self.sleep = settings, endpoints, sleep
        self.credentials: Credentials | None = None
        """What is stored."""
        self._code: str | None = None
        self._registered: Registered | None = None
        """What GitHub gave out and the disk has not taken yet."""
        self._turn = asyncio.Lock()

    async def register(
        self, http: aiohttp.ClientSession, now: Callable[[], datetime], code: str | None, choice: Choice | None
    ) -> None:
        """Exchange the code and store what it gave; without one go on where it ended last time. Raises Failed."""
        async with self._turn:
            if self.credentials is not None:
                return
            self._code = code or self._code
            if choice is None or (self._code is None and self._registered is None):
                raise Failed("Nothing has been begun here.", "Begin again.", again=False)
            folder = self.settings.data_dir
            try:
                # before the code is used up: what GitHub shows this one time must have a place
                await asyncio.to_thread(rehearse, folder)
                if self._registered is None:
                    self._registered = await self._converted(http, now, self._code or "")
                kept = credentials_of(self._registered, choice, self.settings.api_url)
                await asyncio.to_thread(keep, kept, folder)
            except FileExistsError:
                raise Failed(
                    f"{file_of(folder)} holds credentials already, and nothing was written over them.",
                    "Start the server again to go on with those. If they are not wanted, move the file away first.",
                    again=False,
                ) from None
            except OSError as error:
                raise Failed(
                    f"The keys could not be stored in {folder}: {error.strerror}.",
                    f"{WRITABLE} Then try again, and leave this server running meanwhile: nothing is lost yet.",
                    again=True,
                ) from None
            self.credentials, self._registered, self._code = kept, None, None
            log.info("the App is registered", app_id=kept.app_id, slug=kept.slug)

    async def _converted(self, http: aiohttp.ClientSession, now: Callable[[], datetime], code: str) -> Registered:
        wire = Wire(http, self.endpoints, self.sleep)
        gh = GitHub(wire, Nobody(), self.endpoints, now, patience=PATIENCE)
        try:
            return await convert(gh, code)
        except Gone:
            self._code = None
            said = "GitHub does not know the code it sent: it was used already, or is more than an hour old."
            raise Failed(said, f"{HALF} Begin again.", again=False) from None
        except (Later, Unsure) as error:
            remedy = f"Try again. If GitHub then does not know the code any more, begin again. {HALF}"
            raise Failed(f"GitHub has not given out the keys: {error.reason}.", remedy, again=True) from None
        except (Refused, ValueError) as error:
            self._code = None
            said = f"GitHub has not given out the keys: {getattr(error, 'reason', error)}."
            raise Failed(said, f"{HALF} Then begin again.", again=False) from None


def credentials_of(made: Registered, choice: Choice, api_url: str) -> Credentials:
    """Return what is stored of a registration."""
    return Credentials(
        app_id=made.app_id, client_id=made.client_id, client_secret=made.client_secret,
        webhook_secret=made.webhook_secret, private_key=made.private_key, slug=made.slug, page=made.page,
        api_url=api_url, groups=choice.groups,
    )  # fmt: skip
