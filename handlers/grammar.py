"""From a comment's text to the commands in it, and what is wrong with them; knows code, quotes, tables and edits."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.visible import visible_lines

NAME = "/analytics"
MOST_CALLS = 5
MOST_WORDS = 25
SHAPE = "/analytics [metric …] [period] [key=value …]"

Meaning = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]

# Characters without width or ink, and marks of writing direction: they come along when text is copied.
UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
INVISIBLE = re.compile(f"[{UNSEEN}]")
# Inside the word they stay: that is how people write a command they do not mean.
OPENING = re.compile(rf"[{UNSEEN}]*+ {{0,3}}[{UNSEEN}]*+(?ai:/analytics)(?=[\s{UNSEEN}]|$)")
# What keyboards that mean well make of a quotation mark.
STRAIGHT = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'))
KEY = r"[A-Za-z][A-Za-z0-9_-]*+="
# A quoted word ends at its closing quote; a quote that is never closed, or stands inside a word, is a character.
# Nothing is tried twice: what follows `key=` always matches, and every other word takes all up to the next space.
PIECE = r'(?:"[^"]*"(?=[\s,]|$)|[^\s,]*+)'
VALUE = rf"{PIECE}(?:,{PIECE})*+"
TOKEN = re.compile(
    rf'"(?P<quoted>[^"]*)"(?=\s|$)|(?P<dressing>[`*]*+)(?P<key>{KEY})(?P<value>{VALUE})|(\S+)',
)
QUOTED_OPTION = re.compile(rf"\s*+(?P<key>{KEY})(?P<value>.*)", re.DOTALL)
QUOTED_PIECE = re.compile(r'(?:^|(?<=,))"([^"]*)"(?=,|$)')


@dataclass(frozen=True, slots=True)
class Call:
    """A command in a comment.

    name: the first word after `/analytics` in lower case, empty if there is none · words: what stands after
    `/analytics`, the first word included, unquoted, without `key=value` · line: its line in the comment, from 1 · raw:
    that line as written · options: each `key=value` in order, the key in lower case, the value as it was written; of
    quotes only those are left that hold a comma together (`label="a, b",c`).
    """

    name: str
    words: tuple[str, ...]
    line: int
    raw: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class GrammarMistake:
    """A command that is not run: `sentence` says why, in harmless Markdown.

    only_left_out: nothing is wrong with it, there were just more than a comment may have.
    """

    sentence: str
    line: int
    raw: str
    only_left_out: bool = False


def parse(text: str) -> tuple[Call | GrammarMistake, ...]:
    """Return the commands of a comment in order, at most five and one mistake that says how many were left out.

    A command is a line that begins with `/analytics`, in any case and after at most three spaces, outside code, quotes,
    HTML, tables, math and what is struck out. Asking the same twice counts once. Takes time proportional to the text's
    length and never raises.
    """
    if NAME not in text.lower():
        return ()
    found: dict[Meaning, Call | GrammarMistake] = {}
    for line, raw in visible_lines(text, OPENING):
        words, options = split(OPENING.sub("", INVISIBLE.sub("", raw), count=1))
        count = len(words) + len(options)
        call: Call | GrammarMistake = Call(words[0].lower() if words else "", words, line, raw, options)
        if count > MOST_WORDS:
            sentence = f"Line {line} has {count} words after `{NAME}`; a command has at most {MOST_WORDS}: `{SHAPE}`."
            call = GrammarMistake(sentence, line, raw)
        found.setdefault(meaning(call), call)
    calls = tuple(found.values())
    if len(calls) <= MOST_CALLS:
        return calls
    first_left_out = calls[MOST_CALLS]
    sentence = f"A comment can ask {MOST_CALLS} things at once; this one asks {len(calls)}, so the rest was left out."
    return (*calls[:MOST_CALLS], GrammarMistake(sentence, first_left_out.line, first_left_out.raw, only_left_out=True))


def changed(
    before: tuple[Call | GrammarMistake, ...], after: tuple[Call | GrammarMistake, ...]
) -> tuple[Call | GrammarMistake, ...]:
    """Return what an edit added or changed, in order; moving a command, or editing around it, changes nothing."""
    known = {meaning(call) for call in before}  # a comment that says the same twice asks it once
    return tuple(call for call in after if meaning(call) not in known)


def meaning(call: Call | GrammarMistake) -> Meaning:
    """Return what makes two calls the same: words in any case, and options; a branch's or a path's case does matter."""
    if isinstance(call, GrammarMistake):
        return ("", call.raw.strip()), ()
    return tuple(word.lower() for word in call.words), call.options


def split(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Split into words and options; `"two words"` is one word, apostrophes and lone quotes are ordinary characters.

    An option is `key=value`, `key="a b"` or `"key=a b"`; marks of code or bold around one are no part of it.
    """
    words: list[str] = []
    options: list[tuple[str, str]] = []
    straight = text.partition("<!--")[0].translate(STRAIGHT)
    for token in TOKEN.finditer(straight):
        option = token
        if token["quoted"] is not None:
            option = QUOTED_OPTION.fullmatch(token["quoted"]) or token
        if option["key"] is None:
            words.append(token["quoted"] if token["quoted"] is not None else token[0])
            continue
        value = QUOTED_PIECE.sub(lambda piece: piece[0] if "," in piece[1] else piece[1], option["value"])
        if token["dressing"]:
            value = value.rstrip("`*")
        options.append((option["key"][:-1].lower(), value))
    return tuple(words), tuple(options)
