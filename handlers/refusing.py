"""Say that somebody has asked too much: in the answer that is there already, else once an hour in one of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from handlers.measure import Limit
from reports.parts import Piece, arranged, together
from reports.publish import POSTED, Publication
from reports.sentences import too_much
from storage.answer_parts import AnswerPart

REFUSED = "refused"
"""How an answer stands that says above its text that an edit was not answered."""


async def refuse(publication: Publication, limit: Limit, answered: Collection[AnswerPart]) -> None:
    """Say above an answer that it is not to what stands in the command's comment now, or say it where none is.

    An edit notifies nobody, so every answer says it, and each once; a new comment comes once an hour to each person.
    """
    record, found = publication.record, limit.found
    if record.comment_id is None:
        if limit.say:
            await publication.put(too_much(found.again_at, everybody=found.everybody, key=record.key))
        return
    if record.state == REFUSED:
        return
    sentence = too_much(found.again_at, everybody=found.everybody, answered=bool(answered))
    pieces = [Piece(sentence), *(Piece(part.markdown) for part in answered)]
    await publication.amend(together(arranged(pieces, record.key), record.key), REFUSED)


async def admit(publication: Publication) -> None:
    """Note that the answer is being written again, so that a later refusal is said again."""
    if publication.record.state == REFUSED:
        publication.record = await publication.note(replace(publication.record, state=POSTED))
