"""What people wrote, made harmless in Markdown: it mentions nobody, refers to nothing and is only ever text.

GitHub finds mentions, references, commit hashes and links in the *rendered* text, so neither a backslash nor an entity
hides them; inside `<code>` it looks for nothing. Whatever could be one of these becomes a code span, everything else is
escaped where it stands, and nothing invisible is added: copied text stays what it looks like.
"""

from __future__ import annotations

import re
import unicodedata

# A word with any of these may be found by GitHub: a mention, an address, a reference, a commit, an advisory, math.
FOUND_BY_GITHUB = re.compile(
    r"@|://|\$|#[0-9]|www\.|mailto:|xmpp:|(?<![A-Za-z0-9])(?:GH-[0-9]|GHSA-|CVE-|[0-9a-f]{7,}(?![A-Za-z0-9]))",
    re.IGNORECASE,
)
ESCAPED = {
    **{mark: "\\" + mark for mark in "\\`*_[]~"},
    "&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;",
}  # fmt: skip
ESCAPES = str.maketrans(ESCAPED)
PIPE = ESCAPED["|"]
# At the beginning of a line these would make a heading, a list, a rule or a heading of the line above.
BLOCK_START = re.compile(r"^([0-9]{1,9}(?=[.)](?:\s|$)))?([-+=#.)])")
INVISIBLE = frozenset({"Cf", "Cs", "Co", "Cn"})
JOINERS = "\u200c\u200d"
JOINER_RUN = re.compile(f"[{JOINERS}]+")
PUNCTUATION = ".,:;!?"  # at the end of a word it belongs to the sentence
LATIN = "\u02ff"  # the last character of the Latin blocks
BACKTICKS = re.compile("`+")
TOO_MANY = re.compile("(`{80,})")  # cmark-gfm takes 80 at most for the beginning or end of code


def clean(text: str) -> str:
    """Return `text` on one line without control characters, marks of direction, or anything else that is invisible.

    A joiner between two characters of a script beyond Latin stays: there it changes what is seen.
    """
    visible = (
        " " if character.isspace() or unicodedata.category(character) == "Cc" else character
        for character in text
        if character in JOINERS or unicodedata.category(character) not in INVISIBLE
    )
    line = " ".join("".join(visible).split())
    joined = JOINER_RUN.sub(lambda run: run[0][0] if run.start() and joins(line, *run.span()) else "", line)
    return " ".join(joined.split())


def joins(line: str, start: int, end: int) -> bool:
    """Return whether the joiners at [start, end) stand between two characters of scripts beyond Latin."""
    return line[start - 1] > LATIN and line[end : end + 1] > LATIN


def text(value: str) -> str:
    """Return `value` as one line of harmless Markdown that reads like it, for a sentence or a table's cell."""
    return BLOCK_START.sub(r"\1\\\2", " ".join(harmless(word) for word in clean(value).split(" ")))


def harmless(word: str) -> str:
    """Return a word escaped, or as a code span where GitHub would find something; its punctuation stays outside."""
    if not FOUND_BY_GITHUB.search(word):
        return word.translate(ESCAPES)
    bare = word.rstrip(PUNCTUATION)
    return code(bare) + word[len(bare) :] if FOUND_BY_GITHUB.search(bare) else code(word)


def code(value: str) -> str:
    """Return `value` as a code span, harmless anywhere, a table's cell included; an empty one is `(empty)`."""
    line = clean(value)
    if not line:
        return "`(empty)`"
    # A pipe ends a table's cell even within code, and escaped there it would show its backslash elsewhere.
    return PIPE.join("".join(map(span, TOO_MANY.split(part))) for part in line.split("|"))


def span(line: str) -> str:
    """Return `line` between as many backticks as it needs; of too many alone, each is escaped."""
    if not line or TOO_MANY.fullmatch(line):
        return line.translate(ESCAPES)
    longest = max((len(run) for run in BACKTICKS.findall(line)), default=0)
    if not longest:
        return f"`{line}`"
    fence = "`" * (longest + 1)
    return f"{fence} {line} {fence}"
