"""Text made to fit: cut with an ellipsis, or broken into lines, by its measured width."""

from __future__ import annotations

from collections.abc import Callable

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

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


def wrap(text: str, room: float, width: Width, most: int = 2) -> list[str]:
    """Return `text` broken between words into at most `most` lines of `room`; what is over is cut."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        count = 1
        while count < len(words) and width(" ".join(words[: count + 1])) <= room:
            count += 1
        lines.append(cut(" ".join(words[:count]), room, width))
        words = words[count:]
    return [*lines, cut(" ".join(words), room, width)] if words else lines
