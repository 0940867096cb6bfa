"""A mistake of the person who asks: a sentence for them, never a failure of ours."""

from __future__ import annotations


class Mistake(Exception):  # noqa: N818 (the person's, not an error of ours)
    """What was wrong, how it is written, and the nearest thing that would have been right.

    sentence: one sentence, already harmless Markdown · usage: how it is written, plain text without backticks ·
    nearest: the nearest valid word, if any is near · word: what the person wrote, as they wrote it.
    """

    def __init__(self, sentence: str, usage: str, *, nearest: str | None = None, word: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.usage = usage
        self.nearest = nearest
        self.word = word

    def __str__(self) -> str:
        near = f" Did you mean `{self.nearest}`?" if self.nearest else ""
        return f"{self.sentence}{near} Usage: `{self.usage}`"
