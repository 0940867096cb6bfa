"""Every way to name a repository in a command, by everybody, in threads that not everybody may read: nothing comes out.

What is private elsewhere is answered, to the letter, as what is not there: its names, its numbers and that it exists
stay where they are.
"""

from __future__ import annotations

import re

from handlers.commands import all_commands
from tests.stories.town import AUTHOR, LANTERN, MEMBER, STRANGER, STRONGROOM, Said, Town
from tests.stories.visits import captured, colleague

EMBER = "quartz-labs/ember"
FORMS = (
    *(f"{name} in={{}}" for name in sorted(all_commands().keys() - {"metric"})),
    "pulls in={}", "authors 1y in={}", "traffic in={}", "pulls vs={}", "traffic vs={}", "pulls in={} vs={}",
    f"pulls in={LANTERN} vs={{}}", "export traffic in={}", "pulls in={} nonsense=1", "pulss in={}", "pulls 30x in={}",
    "pulls author=nobody in={}", "pulls base=trunk in={}", "pulls in={}/", "pulls in=https://github.com/{}",
)  # fmt: skip
"""`{}` is where a repository is named: in every command there is, in questions, comparisons, files and mistakes."""

AT_ONCE = 5  # commands of one comment
KEY = re.compile(r"<!--.*?-->", re.DOTALL)


def comments() -> list[str]:
    """Return comments with all forms, as many in each as are answered."""
    lines = [f"/analytics {form}" for form in FORMS]
    return ["\n\n".join(lines[at : at + AT_ONCE]) for at in range(0, len(lines), AT_ONCE)]


async def answer(town: Town, place: str, login: str, words: str, repository: str) -> str | None:
    """Return what a comment is answered, the repository's name left out; None where it is not answered at all."""
    said = await town.say(words.replace("{}", repository), login, place, thread(town, place))
    body = spoken(town, said)
    return None if body is None else KEY.sub("", body).replace(repository, "OWNER/NAME")


def thread(town: Town, place: str) -> int:
    return town.open_issue(place, AUTHOR if place == LANTERN else MEMBER)


def spoken(town: Town, said: Said) -> str | None:
    bodies = [one["body"] for one in town.answers(said.repository, said.number)]
    return "\n".join(bodies) if bodies else None


def give_away(town: Town) -> list[str]:
    """Return what nobody may learn of the private repository in any thread but its own: who, how many, of what."""
    found = town.world.required(STRONGROOM)
    rows = town.rows("SELECT SUM(views) AS views FROM traffic_days WHERE repository_id = ?", found.id)
    people = {pull.author.login for pull in found.pulls() if pull.author is not None}
    known = {pull.author.login for pull in town.world.required(LANTERN).pulls() if pull.author is not None}
    return [*sorted(people - known), *(pull.title for pull in found.pulls()), f"{rows[0]['views']:,} views"]


async def test_nobody_learns_of_a_private_repository_in_a_public_thread(town: Town) -> None:
    await captured(town)
    missing = "quartz-labs/nothinghere"
    telling = give_away(town)
    assert len(telling) > 20
    for login in (MEMBER, colleague(town), STRANGER):
        await town.wait(hours=1)
        for words in comments()[: 1 if login == STRANGER else None]:
            hidden = await answer(town, LANTERN, login, words, STRONGROOM)
            nothing = await answer(town, LANTERN, login, words, missing)
            assert hidden == nothing, (login, words)
            assert ("There is no repository `OWNER/NAME`" in (hidden or "")) == (login != STRANGER), (login, words)
            assert not [one for one in telling if one in (hidden or "")], (login, words)


async def test_the_author_of_a_thread_learns_as_little(town: Town) -> None:
    """They may ask three things an hour."""
    await captured(town)
    words = "\n\n".join(f"/analytics {form}" for form in ("pulls in={}", "pulls vs={}", "authors in={}"))
    hidden = await answer(town, LANTERN, AUTHOR, words, STRONGROOM)
    await town.wait(hours=1)
    assert hidden is not None
    assert hidden == await answer(town, LANTERN, AUTHOR, words, "quartz-labs/nothinghere")
    assert not [one for one in give_away(town) if one in hidden]


async def test_nobody_learns_of_one_private_repository_in_another(town: Town) -> None:
    """Though whoever asks may read both: who reads the thread may not."""
    town.world.required(EMBER).visibility = "private"
    await captured(town)
    telling = [one for one in give_away(town) if one]
    for words in comments():
        hidden = await answer(town, EMBER, MEMBER, words, STRONGROOM)
        assert hidden == await answer(town, EMBER, MEMBER, words, "quartz-labs/nothinghere"), words
        assert not [one for one in telling if one in (hidden or "")], words
