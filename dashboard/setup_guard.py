"""Who may set the server up: whoever can read its log. One code at a time, one browser at a time, everything expires.

No I/O: time, randomness and the log come in from outside.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
CODE_LETTERS = 12
"""59 bits: nobody guesses them, at any speed, so wrong codes keep nobody out who has the right one."""
STAYS = timedelta(hours=2)
TOKEN_BYTES = 32
STATE_LIVES = timedelta(hours=1)  # as long as GitHub's code


def new_code() -> str:
    """Return a code that can be read aloud, such as `k7mn-2xqp-9rtd`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
    return "-".join(letters[start : start + 4] for start in range(0, CODE_LETTERS, 4))


def new_token() -> str:
    """Return a text that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def same(given: str, expected: str) -> bool:
    """Compare two texts in a time that tells nothing about where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


@dataclass(slots=True)
class Session:
    """One browser that has shown the code: the token of its cookie, and that of its forms."""

    until: datetime
    token: str = field(default_factory=new_token, repr=False)
    csrf: str = field(default_factory=new_token, repr=False)
    _states: dict[str, datetime] = field(default_factory=dict, repr=False)

    def begin(self, now: datetime) -> str:
        """Return a new `state` for GitHub to bring back, once, within the hour; one begun before is good no more."""
        state = new_token()
        self._states = {state: now + STATE_LIVES}
        return state

    def came_back(self, state: str, now: datetime) -> bool:
        """Tell whether GitHub brought back what was begun here; the same is good no second time.

        A wrong one changes nothing: whoever sends this browser here with an invented one must not end what was begun.
        """
        for known, until in self._states.items():
            if same(state, known):
                del self._states[known]
                return now < until
        return False


class Guard:
    """Holds the code and the session it opened."""

    def __init__(self, announce: Callable[[str], None], now: Callable[[], datetime]) -> None:
        self.announce = announce
        """Puts a new code into the log."""
        self.now = now
        self.open: Session | None = None
        self._code = ""
        self.renew()

    def renew(self) -> None:
        """Make a new code and announce it; the last one is good no more."""
        self._code = new_code()
        self.announce(self._code)

    def enter(self, typed: str) -> Session | None:
        """Return a new session for the right code, which is then used up and ends the session before; else None."""
        if not same("".join(typed.lower().split()).replace("-", ""), self._code.replace("-", "")):
            return None
        self.open = Session(self.now() + STAYS)
        self.renew()  # for another browser, should this one be lost
        return self.open

    def session(self, token: str) -> Session | None:
        """Return the session of a cookie, if it is the one that is open."""
        if self.open is None or self.now() >= self.open.until or not same(token, self.open.token):
            return None
        return self.open
