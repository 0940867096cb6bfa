"""What stands for characters that no installed font draws: a site's ASCII name, a symbol's name, or code points."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

MOST_CODES = 4  # code points in a row that are written out; more would only push out what can be read
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
COLON_OR_ELLIPSIS = f":{ELLIPSIS}"  # with which a stand-in ends
FLAG_LETTER = "REGIONAL INDICATOR SYMBOL LETTER "

Known = Callable[[str], bool]  # whether a font draws a character


def spelled(text: str, known: Known) -> str:
    """Return `text` with something to read in place of every character that is not `known`.

    A site's name becomes its registered form, `xn--r8jz45g.jp` (RFC 3492), a symbol its name in Unicode between colons,
    `:rocket:`, and letters their code points, `U+4E2D U+6587`. A mark that cannot be put on its letter is left out.
    """
    if all(map(known, text)):
        return text
    return " ".join(_host(word, known) if _is_host(word) else _word(word, known) for word in text.split(" "))


def clusters(text: str) -> list[str]:
    """Return the text in letters, each with the marks that stand on it."""
    found: list[str] = []
    for character in text:
        if found and _is_mark(character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _is_host(word: str) -> bool:
    """Return whether a word looks like the name of a site: labels of letters, the last without figures."""
    labels = word.split(".")
    return (
        len(labels) > 1
        and all(label and all(each.isalnum() or each == "-" or _is_mark(each) for each in label) for label in labels)
        and len(labels[-1]) > 1
        and not any(each.isdigit() for each in labels[-1])
    )


def _host(word: str, known: Known) -> str:
    return ".".join(label if all(map(known, label)) else _registered(label) for label in word.split("."))


def _registered(label: str) -> str:
    """Return a label as it is registered; one that nobody could register is encoded all the same."""
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError:
        return "xn--" + label.encode("punycode").decode("ascii")


def _word(word: str, known: Known) -> str:
    written = ""
    for part in _parts(word, known):
        apart = written and all(each.isalnum() or each in COLON_OR_ELLIPSIS for each in (written[-1], part[0]))
        written += f" {part}" if apart else part
    return written


def _parts(word: str, known: Known) -> Iterator[str]:
    """Yield a word's parts: stretches that can be drawn, names of symbols, code points of letters."""
    for kind, part in _stretches(word, known):
        if kind == "known":
            yield part
        elif kind == "flag":
            yield f":{part}:"
        elif kind == "symbol":
            yield f":{unicodedata.name(part, _code(part)).lower()}:"
        else:
            more = ELLIPSIS if len(part) > MOST_CODES else ""
            yield " ".join(map(_code, part[:MOST_CODES])) + more


def _stretches(word: str, known: Known) -> Iterator[tuple[str, str]]:
    """Yield kind and characters of each stretch; a symbol is one of its own, and marks that stay over are dropped."""
    kind, held = "", ""
    for character in word:
        name = unicodedata.name(character, "")
        if known(character):
            new, shown = "known", character
        elif name.startswith(FLAG_LETTER):
            new, shown = "flag", name.removeprefix(FLAG_LETTER)
        elif held and _is_mark(character):
            continue
        else:
            new, shown = "symbol" if unicodedata.category(character).startswith("S") else "code", character
        if held and (new != kind or new == "symbol"):
            yield kind, held
            held = ""
        kind, held = new, held + shown
    if held:
        yield kind, held


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
