"""app.yml as the code reads it: what the App asks GitHub for in any case, and the groups that are chosen beside it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

APP_YML = Path(__file__).parents[1] / "app.yml"
EXAMPLE = "https://almanac.example.org"
LONGEST_NAME = 34  # GitHub's
LEVELS = ("read", "write", "admin")
COVERS = {"single_file": "contents"}
"""Whoever may read all files may read one of them."""
BOOLEANS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Group:
    """An addition that is taken or left: what it is for, what does not work without it, and what it allows."""

    name: str
    reason: str
    without: str
    permissions: Mapping[str, str]
    events: tuple[str, ...]
    files: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.name.replace("-", " ").capitalize().replace("Ci ", "CI ")


@dataclass(frozen=True, slots=True)
class AppYml:
    """The file: GitHub's manifest with example addresses, and the groups in use."""

    manifest: Mapping[str, Any]
    groups: tuple[Group, ...]

    def chosen(self, names: Collection[str]) -> tuple[Group, ...]:
        """Return the groups of these names, without those that another chosen one includes."""
        named = [group for group in self.groups if group.name in names]
        held = {permission for group in named for permission in group.permissions}
        return tuple(group for group in named if not is_covered(group, held))

    def permissions(self, names: Collection[str]) -> dict[str, str]:
        """Return what an App with these groups may do."""
        together: dict[str, str] = dict(self.manifest["default_permissions"])
        for group in self.chosen(names):
            for name, level in group.permissions.items():
                together[name] = max(level, together.get(name, level), key=LEVELS.index)
        return together

    def events(self, names: Collection[str]) -> list[str]:
        """Return what an App with these groups hears of."""
        return [*self.manifest["default_events"], *(event for group in self.chosen(names) for event in group.events)]

    def filled(self, names: Collection[str], name: str, public_url: str, redirect_url: str) -> dict[str, Any]:
        """Return the manifest to send to GitHub: with this App's name, its addresses and the chosen groups."""
        addressed = cast("dict[str, Any]", moved(self.manifest, public_url))
        return {
            **addressed,
            "name": name,
            "redirect_url": redirect_url,
            "default_permissions": self.permissions(names),
            "default_events": self.events(names),
        }


def read_app_yml(path: Path = APP_YML) -> AppYml:
    """Read the file that lies beside the code."""
    from reports.yaml_lines import read_yaml  # noqa: PLC0415 - YAML, only where the App is set up or looked at

    said = cast("dict[str, Any]", plain(read_yaml(path.read_text(encoding="utf-8")).value))
    groups = [
        Group(
            name=name,
            reason=" ".join(group["reason"].split()),
            without=" ".join(group["without"].split()),
            permissions=group["permissions"],
            events=tuple(group["events"]),
            files=tuple(group.get("files", ())),
        )
        for name, group in said["groups"].items()
        if group["in_use"]
    ]
    return AppYml(said["manifest"], tuple(groups))


def is_covered(group: Group, held: Collection[str]) -> bool:
    """Tell whether all that a group allows comes with permissions that are held anyway."""
    return all(COVERS.get(permission) in held for permission in group.permissions)


def plain(value: object) -> object:
    """Return `value` with true and false as such: the reader leaves words as they are."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return BOOLEANS.get(value, value) if isinstance(value, str) else value


def moved(value: object, public_url: str) -> object:
    """Return `value` with every example address replaced by one below `public_url`."""
    if isinstance(value, Mapping):
        return {key: moved(each, public_url) for key, each in value.items()}
    if isinstance(value, list):
        return [moved(each, public_url) for each in value]
    if isinstance(value, str) and (value == EXAMPLE or value.startswith(f"{EXAMPLE}/")):
        return public_url + value.removeprefix(EXAMPLE)
    return value
