"""A small YAML file as plain values, and on which line each of them stands. Pure.

Words stay words: every scalar is the text that was written, so that `off`, `no`, `17:00` and `2026-12-24` mean what
they look like whichever version of YAML somebody has in mind; only an empty value and `null` are None.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import yaml

TWICE = "a key that stands there twice"  # not which: it may be the name of a private repository
NO_ALIASES = "aliases are not read"
NO_CHARACTER = "a character that there is not"
MOST_NODES = 5000  # keys and values: reading takes its time with them, and whoever writes a file by hand has few
TOO_MANY = f"it has more than {MOST_NODES:,} keys and values"
OUR_WORDS = (NO_ALIASES, TOO_MANY)
NULLS = ("", "~", "null", "Null", "NULL")
PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))

Place = tuple[str | int, ...]
"""Keys and places in lists, from the outermost inwards."""


class Unreadable(Exception):  # noqa: N818 - it is the file that is so, not an error of ours
    """The text is not YAML that is read here; line counts from 1, None where the whole is meant.

    why may repeat characters of the text; known is True where it does not.
    """

    def __init__(self, why: str | None, line: int | None, *, known: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.line = line
        self.known = known


@dataclass(frozen=True, slots=True)
class Document:
    """What a text says: dicts with words as keys, lists, words and None; lines by place, from 1."""

    value: object
    lines: Mapping[Place, int]

    def line(self, place: Place) -> int | None:
        """Return the line on which something stands, or else that of what it is in."""
        return next((self.lines[place[:end]] for end in range(len(place), -1, -1) if place[:end] in self.lines), None)


class Bounded(yaml.BaseLoader):
    """Composes YAML of few nodes without aliases: a few lines of them can stand for more than memory holds."""

    nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise self.refused(NO_ALIASES)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self.refused(TOO_MANY)
        return super().compose_node(parent, index)

    def refused(self, why: str) -> yaml.YAMLError:
        """Return the error of what comes next."""
        mark = cast("Any", self).peek_event().start_mark  # its types know nothing of events
        return yaml.composer.ComposerError(None, None, why, mark)

    def root(self) -> yaml.Node | None:
        """Return the one document's node, None for an empty one; raises Unreadable and YAMLError."""
        try:
            return self.get_single_node()
        except (ValueError, OverflowError) as error:  # "\\U00110000", which the library hands to `chr` as it is
            line = cast("Any", self).line + 1
            raise Unreadable(NO_CHARACTER, line, known=True) from error


def read_yaml(text: str) -> Document:
    """Read one document; raises Unreadable for anything else, aliases, tags and keys that stand twice among it."""
    try:
        root = Bounded(text).root()
        lines: dict[Place, int] = {}
        value = None if root is None else value_of(root, (), lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None)
        line = None if mark is None else mark.line + 1
        raise Unreadable(why if isinstance(why, str) else None, line, known=why in OUR_WORDS) from error
    except RecursionError as error:
        raise Unreadable("it is nested too deep", None, known=True) from error
    return Document(value, lines)


def value_of(node: yaml.Node, place: Place, lines: dict[Place, int]) -> object:
    """Return a node's value and note on which line it, and all that is in it, stands."""
    line = node.start_mark.line + 1
    lines.setdefault(place, line)
    if node.tag not in PLAIN_TAGS:
        raise Unreadable("tags are not read", line, known=True)
    if isinstance(node, yaml.SequenceNode):
        return [value_of(item, (*place, index), lines) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, object] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise Unreadable("a key must be a word", at, known=True)
            written(key)
            if key.value in found:
                raise Unreadable(TWICE, at, known=True)
            lines[*place, key.value] = at
            found[key.value] = value_of(value, (*place, key.value), lines)
        return found
    written(node)
    return None if not getattr(node, "style", None) and node.value in NULLS else node.value


def written(node: yaml.Node) -> None:
    """Refuse half of a character, `"\\ud800"`: no file and no database holds one; raises Unreadable."""
    try:
        node.value.encode()
    except UnicodeEncodeError as error:
        raise Unreadable(NO_CHARACTER, node.start_mark.line + 1, known=True) from error
