"""From a comment's text to the commands in it, and what is wrong with them; knows code, quotes, HTML and edits."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from handlers.visible import visible_lines

NAME = "/analytics"
MOST_CALLS = 5
MOST_WORDS = 25

# Characters without width or ink, and marks of writing direction: they come along when text is copied.
UNSEEN = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
INVISIBLE = re.compile(f"[{UNSEEN}]")
# Inside the word they stay: that is how people write a command they do not mean.
OPENING = re.compile(rf"[{UNSEEN}]*+ {{0,3}}[{UNSEEN}]*+(?ai:/analytics)(?=[\s{UNSEEN}]|$)")
# What keyboards that mean well make of a quotation mark.
STRAIGHT = str.maketrans(dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'))
# A quoted word ends at its closing quote; a quote that is never closed, or stands inside a word, is a character.
WORD = re.compile(r'"([^"]*)"(?=\s|$)|(\S+)')


@dataclass(frozen=True, slots=True)
class Call:
    """A command in a comment.

    name: the first word after `/analytics` in lower case, empty if there is none · words: everything after
    `/analytics`, the first word included, unquoted · line: its line in the comment, from 1 · raw: that line as written.
    """

    name: str
    words: tuple[str, ...]
    line: int
    raw: str


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

    A command is a line that begins with `/analytics`, in any case and after at most three spaces, outside code, quotes
    and HTML. Asking the same twice counts once. Takes time proportional to the text's length and never raises.
    """
    if NAME not in text.lower():
        return ()
    found: dict[tuple[str, ...], Call | GrammarMistake] = {}
    for line, raw in visible_lines(text, OPENING):
        words = split(OPENING.sub("", INVISIBLE.sub("", raw), count=1))
        key = tuple(word.lower() for word in words)
        if len(words) > MOST_WORDS:
            sentence = f"Line {line} has {len(words)} words after `{NAME}`; a command has at most {MOST_WORDS}."
            found.setdefault(key, GrammarMistake(sentence, line, raw))
        else:
            found.setdefault(key, Call(words[0].lower() if words else "", words, line, raw))
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
    known = Counter(meaning(call) for call in before)
    fresh = []
    for call in after:
        if known[meaning(call)]:
            known[meaning(call)] -= 1
        else:
            fresh.append(call)
    return tuple(fresh)


def meaning(call: Call | GrammarMistake) -> tuple[str, ...]:
    """Return what makes two calls the same: their words, whatever their case and line."""
    return tuple(word.lower() for word in call.words) if isinstance(call, Call) else ("", call.raw)


def split(text: str) -> tuple[str, ...]:
    """Split into words; `"two words"` is one word, apostrophes and lone quotes are ordinary characters."""
    straight = text.partition("<!--")[0].translate(STRAIGHT)
    return tuple(match[1] if match[1] is not None else match[2] for match in WORD.finditer(straight))
