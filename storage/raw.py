"""Raw answers of GitHub, packed: what was read of a repository at one moment, byte for byte, in under a kilobyte.

A body is one byte for the version of the format, then zlib with a preset dictionary over a msgpack map of part name to
bytes. A dictionary is a part of its version and never changes: with another dictionary an old body cannot be read.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import msgspec

VERSION = 1

# What answers are made of, the most frequent last, where a reference to it is shortest.
TITLES = (
    "Stargazers · Watchers · Forks · Network Graph · Contributors to · Discussions · Security Overview · Milestones · "
    "Branches · Wiki · Home · Community · Packages · Search · Workflow runs · Actions · Releases · Tags · Commits · "
    "Issues · Pull requests ·  at master ·  at main · GitHub - "
)
DICTIONARY = TITLES.encode() + (
    b"/graphs/traffic/graphs/contributors/community/discussions/projects/security/network/members/branches"
    b"/stargazers/forks/wiki/actions/workflows/releases/tag/v/releases/tags/commits/master/commits/main/issues/new"
    b"/pull/issues?q=is%3Aissue/issues/pulls/tree/master/tree/main/blob/master/README.md/blob/main/README.md/docs/src"
    b"Yahoo Ecosia search.brave.com kagi.com yandex.ru baidu.com cn.bing.com lobste.rs crates.io docs.rs pkg.go.dev "
    b"dev.to hackernoon.com medium.com youtube.com facebook.com linkedin.com t.co out.reddit.com "
    b"com.reddit.frontpage old.reddit.com news.ycombinator.com stackoverflow.com perplexity.ai chatgpt.com "
    b"gitlab.com google.com duckduckgo.com teams.microsoft.com .github.io"
    b'"referrer":"reddit.com","referrer":"DuckDuckGo","referrer":"Bing","referrer":"github.com","referrer":"Google"'
    b'","title":"GitHub - ","count":1,"uniques":1},{"path":"/","count":1,"uniques":1},{"referrer":"'
    b'clone_weeks clones paths referrers view_weeks views {"count":0,"uniques":0,"clones":[]}'
    b'[{"referrer":"Google","count":[{"path":"/{"count":1,"uniques":1,"clones":[{"timestamp":"'
    b'{"count":1,"uniques":1,"views":[{"timestamp":"T00:00:00Z","count":10,"uniques":10}]}'
    b'T00:00:00Z","count":0,"uniques":0},{"timestamp":"2029-T00:00:00Z","count":4,"uniques":4},{"timestamp":"2028-0'
    b'T00:00:00Z","count":3,"uniques":3},{"timestamp":"2027-0T00:00:00Z","count":2,"uniques":2},{"timestamp":"2027-1'
    b'T00:00:00Z","count":1,"uniques":1},{"timestamp":"2026-1'
)


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return the parts of one capture as one body; the same parts always give the same bytes."""
    squeeze = zlib.compressobj(level=9, zdict=DICTIONARY)
    listed = msgspec.msgpack.encode(dict(sorted(parts.items())))
    return bytes([VERSION]) + squeeze.compress(listed) + squeeze.flush()


def unpack(body: bytes) -> dict[str, bytes]:
    """Return the parts of a packed body, by name; ValueError for a version that this code does not know."""
    if body[:1] != bytes([VERSION]):
        raise ValueError(f"raw answers of format {body[:1].hex() or 'none'} are from a newer version")
    return msgspec.msgpack.decode(zlib.decompressobj(zdict=DICTIONARY).decompress(body[1:]), type=dict[str, bytes])
