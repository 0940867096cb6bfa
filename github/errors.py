# ruff: noqa: N818 -- these are endings of a conversation, named as such, not all of them errors
"""How a conversation with GitHub can end other than well: each kind asks something different of the caller."""

from __future__ import annotations

from datetime import datetime


class Later(Exception):
    """GitHub cannot answer before `until`: a rate limit, or an outage that outlasted the retries."""

    def __init__(self, until: datetime, reason: str) -> None:
        super().__init__(f"{reason}; again at {until:%Y-%m-%dT%H:%M:%SZ}")
        self.until = until
        self.reason = reason


class Gone(Exception):
    """The thing asked about is not there for us: deleted, uninstalled, suspended or never visible."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(Exception):
    """GitHub understood and said no, and asking again would not change it.

    `permission` is what the endpoint would accept, such as `administration=read`, where GitHub says so.
    """

    def __init__(self, status: int, reason: str, permission: str | None = None) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason
        self.permission = permission


class Unsure(Exception):
    """A request that creates something was sent and its answer was lost: it may or may not have happened.

    It is never repeated blindly; look for what it would have created first.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Overloaded(Exception):
    """One GraphQL page was too much work for GitHub; a smaller page may do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class QueryFailed(Exception):
    """GitHub could not make sense of a GraphQL query; `kinds` are the errors' types, such as UNPROCESSABLE."""

    def __init__(self, reason: str, kinds: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kinds = kinds
