"""Judges recorded requests against GitHub's published OpenAPI description: path, query and body."""

from __future__ import annotations

import gzip
import re
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from sandbox.state import RequestRecord

DATE = r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?"
RANGE = re.compile(rf"(\*|{DATE})\.\.(\*|{DATE})|([<>]=?)?{DATE}")
METHODS = ("get", "post", "put", "patch", "delete")


class Description:
    """GitHub's REST API as published; `faults` names what is wrong with a request."""

    def __init__(self, shared_folder: Path) -> None:
        with gzip.open(shared_folder / "api" / "openapi.json.gz") as file:
            self._document: dict[str, Any] = msgspec.json.decode(file.read())
        self._validators: dict[str, Any] = {}

    def faults(self, record: RequestRecord) -> list[str]:
        """Return one sentence for each way a request departs from the description; none is a good request.

        GraphQL has a schema of its own, and an Enterprise prefix is taken off first.
        """
        path = record.path.removeprefix("/api/v3")
        if path.endswith("/graphql"):
            return []
        operation = self._operation(record.method.lower(), path)
        if operation is None:
            return [f"{record.method} {path} is no operation of the API"]
        return self._query_faults(record, operation) + self._body_faults(record, operation)

    @cached_property
    def _operations(self) -> list[tuple[re.Pattern[str], str, dict[str, Any]]]:
        found = []
        # What has most fixed parts first: /repos/{owner}/{repo}/issues/comments before …/issues/{issue_number}.
        for path in sorted(self._document["paths"], key=lambda one: (one.count("{"), -len(one))):
            shape = re.sub(r"\\{(path|ref)\\}", ".+", re.escape(path))
            pattern = re.compile(re.sub(r"\\{[^}]+\\}", "[^/]+", shape))
            methods = self._document["paths"][path]
            found += [(pattern, method, methods[method]) for method in METHODS if method in methods]
        return found

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        if path.startswith("/repositories/"):
            # Where a Link header or a redirect leads; the description knows the addresses by name only.
            path = re.sub(r"^/repositories/\d+", "/repos/owner/name", path)
        matching = (one for pattern, name, one in self._operations if name == method and pattern.fullmatch(path))
        return next(matching, None)

    def _query_faults(self, record: RequestRecord, operation: dict[str, Any]) -> list[str]:
        parameters = [self._resolved(one) for one in operation.get("parameters", ())]
        known = {one["name"]: one for one in parameters if one["in"] == "query"}
        found = [f"{record.path} has no parameter {name}" for name in record.query if name not in known]
        found += [f"{record.path} needs {name}" for name, one in known.items()
                  if one.get("required") and name not in record.query]  # fmt: skip
        for name, text in record.query.items():
            schema = self._resolved(known[name]["schema"]) if name in known else {}
            if name == "created" and schema.get("format") == "date-time":
                # The description calls it a moment, and its own words call it a range in the syntax of a search.
                found += [] if RANGE.fullmatch(text) else [f"{record.path}?{name}: {text} is no range of dates"]
                continue
            value: Any = int(text) if schema.get("type") == "integer" and text.lstrip("-").isdigit() else text
            found += [f"{record.path}?{name}: {one.message}" for one in self._validator(schema).iter_errors(value)]
        return found

    def _body_faults(self, record: RequestRecord, operation: dict[str, Any]) -> list[str]:
        wanted = operation.get("requestBody")
        if not record.body:
            return [f"{record.path} needs a body"] if wanted and wanted.get("required") else []
        if wanted is None:
            return [f"{record.method} {record.path} takes no body"]
        schema = wanted["content"]["application/json"]["schema"]
        value = msgspec.json.decode(record.body)
        found = [f"{record.path}: {one.message}" for one in self._validator(schema).iter_errors(value)]
        properties = self._resolved(schema).get("properties")
        if properties and isinstance(value, dict):
            found += [f"{record.path}: the body has no field {name}" for name in value if name not in properties]
        return found

    def _resolved(self, value: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in value:
            target: Any = self._document
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            value = target
        return value

    def _validator(self, schema: dict[str, Any]) -> Any:
        key = msgspec.json.encode(schema).decode()
        if key not in self._validators:
            whole = {**schema, "components": self._document["components"]} if "$ref" in key else schema
            self._validators[key] = jsonschema_rs.Draft4Validator(whole)
        return self._validators[key]
