"""What GitHub makes of plain text in a comment: `@login` tells somebody, `#12` and `owner/name#12` refer to a thread.

Whoever looks at the page sees at once whether a text that should have been made harmless still tells or refers.
"""

from __future__ import annotations

import re

# The sanitiser writes < and > in attributes and texts as entities, so that these are tags and comments, nothing else.
SPLIT = re.compile(r"(<!--.*?-->|<[^>]*>)", re.DOTALL)
TAG = re.compile(r"<(/?)([a-z0-9]+)")
REFERENCE = re.compile(
    r"(?<![\w@/.&;-])(?:"
    r"@(?P<login>[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}(?:/[\w.-]+)?)"
    r"|(?P<repository>[\w.-]+/[\w.-]+)?#(?P<number>[1-9]\d{0,8})"
    r")(?![\w-])"
)
UNTOUCHED = frozenset(("a", "code", "pre", "tt", "kbd", "samp"))


def link_references(html: str, repository: str) -> str:
    """Return sanitised `html` with mentions and references linked, except in code and in links, and without comments.

    Comments go last because `@<!-- -->login` tells nobody, on GitHub as here.
    """
    depth = 0
    parts = SPLIT.split(html)
    for index, part in enumerate(parts):
        if part.startswith("<!--"):
            parts[index] = ""
            continue
        tag = TAG.match(part)
        if tag is not None:
            if tag[2] in UNTOUCHED:
                depth += -1 if tag[1] else 1
        elif depth == 0 and part:
            parts[index] = REFERENCE.sub(lambda found: _link(found, repository), part)
    return "".join(parts)


def _link(found: re.Match[str], repository: str) -> str:
    if found["login"]:
        return f'<a class="mention" href="/{found["login"]}">{found[0]}</a>'
    return f'<a class="reference" href="/{found["repository"] or repository}/issues/{found["number"]}">{found[0]}</a>'
