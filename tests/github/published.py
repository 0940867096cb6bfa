"""GitHub's own published examples of its answers."""

from __future__ import annotations

from typing import Any


def published(openapi: dict[str, Any], path: str) -> Any:
    """Return the example answer to a GET, from GitHub's OpenAPI description."""
    examples = openapi["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
    name = examples["default"]["$ref"].rpartition("/")[2]
    return openapi["components"]["examples"][name]["value"]
