"""The ways GitHub says no: a status, a sentence and the page that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DOCS = "https://docs.github.com/rest"
SECONDARY_DOCS = "https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer
    """An answer other than success; `body` is what GitHub would send."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: list[Any] | None = None,
        documentation_url: str = DOCS,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers or {})
        self.errors, self.documentation_url = errors, documentation_url
        self.url: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message}
        if self.errors is not None:
            body["errors"] = self.errors
        if self.url is not None:
            body["url"] = self.url
        return {**body, "documentation_url": self.documentation_url, "status": str(self.status)}


def not_found() -> Refusal:
    """What is not there, and what the caller may not know to be there."""
    return Refusal(404, "Not Found")


def bad_credentials() -> Refusal:
    """A token that is unknown, expired or belongs to an uninstalled App."""
    return Refusal(401, "Bad credentials")


def forbidden(permission: str | None = None) -> Refusal:
    """A permission the installation does not have; GitHub names the ones it would accept in a header."""
    headers = {"X-Accepted-GitHub-Permissions": permission} if permission else {}
    return Refusal(403, "Resource not accessible by integration", headers=headers)


def invalid(resource: str, field: str, code: str = "missing_field") -> Refusal:
    """A request whose body lacks something or says something impossible."""
    return Refusal(422, "Validation Failed", errors=[{"resource": resource, "field": field, "code": code}])
