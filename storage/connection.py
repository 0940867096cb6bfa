"""The type of what work gets from `Store`: floors above name it without knowing the library behind it."""

from sqlalchemy.ext.asyncio import AsyncConnection as Connection

__all__ = ["Connection"]
