"""docs/configuration.md and docs/install.md name the settings that the program reads, and no others."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME = re.compile(r"[A-Z][A-Z0-9_]*")
READERS = {
    "text",
    "secret",
    "url",
    "port",
    "private_key",
    "former_key",
    "database",
    "days",
    "years",
    "roles",
    "get",
    "getenv",
}


def variables_read() -> set[str]:
    """Return the names bot/ reads from the environment: `read.text("NAME")`, `environ["NAME"]`, `envvar="NAME"`."""
    found: set[str] = set()
    for file in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                found |= {name for name in names_given(node) if NAME.fullmatch(name)}
            elif isinstance(node, ast.Subscript) and "environ" in ast.unparse(node.value):
                found |= {name for name in constants([node.slice]) if NAME.fullmatch(name)}
    return found


def names_given(call: ast.Call) -> set[str]:
    given = constants([keyword.value for keyword in call.keywords if keyword.arg == "envvar"])
    if isinstance(call.func, ast.Attribute) and call.func.attr in READERS:
        given |= constants(call.args[:1])
    return given


def constants(nodes: list[ast.expr]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE))
    assert documented == variables_read()


def test_the_installation_guide_and_the_image_set_only_settings_that_exist() -> None:
    guide = (ROOT / "docs/install.md").read_text()
    dockerfile = (ROOT / "Dockerfile").read_text()
    named = set(re.findall(r"--env ([A-Z_]+)=", guide)) | set(re.findall(r"\b(DATA_DIR|HOST|PORT)=", dockerfile))
    assert named
    assert named <= variables_read()
