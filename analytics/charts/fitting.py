"""Text made fit to draw: cut or broken into lines by its measured width, and freed of what has no shape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

UNDRAWN = ("Cc", "Cf", "Cs", "Co", "Me")  # control, format, private and enclosing characters
# Variation selectors, and the modifiers that give an emoji a colour of skin: without colours they would be squares.
MODIFIERS = "\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

KEEPS = "\N{NO-BREAK SPACE}"
UNIT = re.compile(r"(?<=\d) (?=%|(?:s|m|min|h|d|w|mo|y)\b)")

Width = Callable[[str], float]


def cut(text: str, room: float, width: Width) -> str:
    """Return `text`, or as much of it as fits into `room` with an ellipsis; nothing if not even that fits."""
    if width(text) <= room:
        return text
    fits, over = 0, len(text)
    while over - fits > 1:
        half = (fits + over) // 2
        if width(text[:half].rstrip() + ELLIPSIS) <= room:
            fits = half
        else:
            over = half
    return text[:fits].rstrip() + ELLIPSIS if fits else ""


def tail(text: str, room: float, width: Width) -> str:
    """Return `text` cut to `room`: a path keeps its end, which tells it from its neighbours, others their beginning."""
    if not text.startswith("/") or width(text) <= room:
        return cut(text, room, width)
    return cut(text[::-1], room, lambda part: width(part[::-1]))[::-1]


def wrap(text: str, room: float, width: Width, most: int = 2) -> list[str]:
    """Return `text` broken between words into at most `most` lines of `room`; what is over is cut."""
    lines: list[str] = []
    words = [word.replace(KEEPS, " ") for word in unbroken(normal(text)).split(" ")] if text.split() else []
    while words and len(lines) < most - 1:
        count = 1
        while count < len(words) and width(" ".join(words[: count + 1])) <= room:
            count += 1
        lines.append(cut(" ".join(words[:count]), room, width))
        words = words[count:]
    return [*lines, cut(" ".join(words), room, width)] if words else lines


def normal(text: str) -> str:
    """Return `text` on one line, composed as fonts expect it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def unbroken(text: str) -> str:
    """Return `text` in which no line may break between a figure and its unit: `42 h`, `18 %`."""
    return UNIT.sub(KEEPS, text)


def printable(text: str) -> str:
    """Return `text` without characters that have no shape."""
    return "".join(
        character for character in text if unicodedata.category(character) not in UNDRAWN and character not in MODIFIERS
    )
