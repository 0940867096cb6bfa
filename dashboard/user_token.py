"""The token with which a person's reach is asked of GitHub: kept encrypted, renewed when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from github.cipher import Cipher, SealBrokenError
from github.errors import Refused
from github.writes.user_tokens import TokenDesk, UserToken
from storage.engine import Store
from storage.user_tokens import StoredToken, replace_user_token, user_token

RENEW_BEFORE = timedelta(minutes=5)  # a token this close to its end could die between two requests


class SignInAgainError(Exception):
    """GitHub takes a person's token no longer, or there is none: only the person can give another."""


def sealed(cipher: Cipher, person_id: int, token: UserToken) -> StoredToken:
    """Return a token as it is stored: it opens for this person only."""
    return StoredToken(
        person_id,
        cipher.seal(token.access, f"access/{person_id}"),
        token.access_ends_at,
        None if token.refresh is None else cipher.seal(token.refresh, f"refresh/{person_id}"),
        token.refresh_ends_at,
    )


class UserTokens:
    """Gives tokens that hold for some minutes at least."""

    def __init__(self, store: Store, cipher: Cipher, desk: TokenDesk, now: Callable[[], datetime]) -> None:
        self.store = store
        self.cipher = cipher
        self.desk = desk
        self.now = now
        self.turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def current(self, person_id: int) -> str:
        """Return a person's token, renewed if it is about to end; raises SignInAgainError, Later."""
        return await self.usable(person_id, None)

    async def instead(self, person_id: int, refused: str) -> str:
        """Return a token in place of the one that GitHub has just refused; raises SignInAgainError, Later."""
        return await self.usable(person_id, refused)

    async def usable(self, person_id: int, refused: str | None) -> str:
        turn = self.turns.setdefault(person_id, asyncio.Lock())
        async with turn:  # a refresh token is used up by its use: never two at once
            stored = await self.stored(person_id)
            access = self.opened(stored.access, f"access/{person_id}")
            ends = stored.access_ends_at
            if access != refused and (ends is None or ends - RENEW_BEFORE > self.now()):
                return access
            return await self.renewed(stored)

    async def renewed(self, stored: StoredToken) -> str:
        person_id = stored.person_id
        if stored.refresh is None:
            raise SignInAgainError("the token has ended, and there is nothing to renew it with")
        try:
            token = await self.desk.renew(self.opened(stored.refresh, f"refresh/{person_id}"), self.now())
        except Refused as refusal:
            # another server may have been first
            after = await self.stored(person_id)
            if after.access == stored.access:
                raise SignInAgainError(refusal.reason) from refusal
            return self.opened(after.access, f"access/{person_id}")
        after = sealed(self.cipher, person_id, token)
        await self.store.write(lambda conn: replace_user_token(conn, stored, after))
        return token.access

    async def stored(self, person_id: int) -> StoredToken:
        found = await self.store.read(lambda conn: user_token(conn, person_id))
        if found is None:
            raise SignInAgainError("there is no token of this person")
        return found

    def opened(self, text: bytes, purpose: str) -> str:
        try:
            return self.cipher.open(text, purpose)
        except SealBrokenError:
            # the key of the environment was changed: nothing that it sealed can be read
            raise SignInAgainError("the token cannot be opened") from None
