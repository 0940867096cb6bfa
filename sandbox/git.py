"""Git's objects, by the names that git itself gives them: blobs, trees, commits, and branches that lead to commits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

FOLDER = "40000"


@dataclass(frozen=True, slots=True)
class Who:
    """Who wrote a commit, and when."""

    name: str
    email: str
    at: datetime

    def line(self) -> str:
        return f"{self.name} <{self.email}> {int(self.at.timestamp())} +0000"


@dataclass(frozen=True, slots=True)
class GitCommit:
    """A commit that was made through the API."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    message: str
    author: Who
    committer: Who


@dataclass(slots=True, eq=False)
class Git:
    """What one repository holds beside its default branch. An object put in twice is one.

    trees: mode and sha by name · branches: where each leads, by name without `refs/heads/`.
    """

    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    commits: dict[str, GitCommit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)

    def add_blob(self, data: bytes) -> str:
        """Put bytes in and return their sha."""
        sha = named("blob", data)
        self.blobs[sha] = data
        return sha

    def add_tree(self, files: Mapping[str, tuple[str, str]]) -> str:
        """Put a tree in, with one for every folder, and return its sha; files: mode and blob by path."""
        entries: dict[str, tuple[str, str]] = {}
        folders: dict[str, dict[str, tuple[str, str]]] = {}
        for path, entry in files.items():
            first, below, rest = path.partition("/")
            if below:
                folders.setdefault(first, {})[rest] = entry
            else:
                entries[first] = entry
        entries |= {name: (FOLDER, self.add_tree(inside)) for name, inside in folders.items()}
        # git sorts a folder as if its name ended in a slash
        order = sorted(entries, key=lambda name: name + "/" * (entries[name][0] == FOLDER))
        data = b"".join(
            f"{mode} {name}\0".encode() + bytes.fromhex(sha) for name in order for mode, sha in [entries[name]]
        )
        sha = named("tree", data)
        self.trees[sha] = {name: entries[name] for name in order}
        return sha

    def files(self, tree: str, prefix: str = "") -> dict[str, tuple[str, str]]:
        """Return mode and blob of every file of a tree, by path."""
        found: dict[str, tuple[str, str]] = {}
        for name, (mode, sha) in self.trees[tree].items():
            found |= self.files(sha, f"{prefix}{name}/") if mode == FOLDER else {prefix + name: (mode, sha)}
        return found

    def add_commit(self, tree: str, parents: Iterable[str], message: str, author: Who, committer: Who) -> GitCommit:
        """Put a commit in."""
        above = tuple(parents)
        lines = [f"tree {tree}", *(f"parent {sha}" for sha in above)]
        lines += [f"author {author.line()}", f"committer {committer.line()}", "", message]
        sha = named("commit", "\n".join(lines).encode())
        return self.commits.setdefault(sha, GitCommit(sha, tree, above, message, author, committer))

    def follows(self, commit: str, earlier: str) -> bool:
        """Tell whether one commit has another one in its history, or is it: a branch may be moved so without force."""
        waiting, seen = [commit], set()
        while waiting:
            sha = waiting.pop()
            if sha == earlier:
                return True
            if sha not in seen and sha in self.commits:
                seen.add(sha)
                waiting += self.commits[sha].parents
        return False

    def file_at(self, commit: str, path: str) -> bytes | None:
        """Return a file as it was in a commit; None where there was none."""
        if commit not in self.commits:
            return None
        entry = self.files(self.commits[commit].tree).get(path)
        return None if entry is None else self.blobs.get(entry[1])


def named(kind: str, data: bytes) -> str:
    """Return an object's sha."""
    return hashlib.sha1(f"{kind} {len(data)}\0".encode() + data, usedforsecurity=False).hexdigest()
