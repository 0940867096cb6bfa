"""REST operations as constants: a method and a path template, filled in safely."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from urllib.parse import quote


class Address(str):
    """A filled-in path that remembers its template, which is what logs show."""

    template: str

    @classmethod
    def filled(cls, path: str, template: str) -> Address:
        """Return `path` as an address of `template`."""
        address = cls(path)
        address.template = template
        return address


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of GitHub's REST API, its placeholders named as in GitHub's OpenAPI description."""

    method: str
    template: str

    def at(self, **values: str | int) -> Address:
        """Fill in the placeholders, each percent-encoded; only `path` and `ref` keep their slashes.

        A value that would change the path's shape (empty, `.` or `..`) raises ValueError.
        """
        names = {name for _, name, _, _ in Formatter().parse(self.template) if name}
        if names != values.keys():
            raise ValueError(f"{self.template} takes {sorted(names)}, not {sorted(values)}")
        safe = {name: _encoded(name, str(value)) for name, value in values.items()}
        return Address.filled(self.template.format(**safe), self.template)


def _encoded(name: str, value: str) -> str:
    segments = value.split("/") if name in ("path", "ref") else [value]
    if any(segment in ("", ".", "..") for segment in segments):
        raise ValueError(f"{value!r} cannot stand for {{{name}}} in a path")
    return "/".join(quote(segment, safe="") for segment in segments)
