"""`/analytics export [metric …] [period] [csv|json]`: a link to the numbers of an answer as a file."""

from __future__ import annotations

from typing import get_args

from handlers.command import Command, Context, ExportFormat, WhoMay
from handlers.commands.metric import question_of
from handlers.grammar import Call
from reports.mistake import Mistake
from reports.period import quoted

USAGE = "/analytics export [metric …] [period] [csv|json]"
FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
OTHER_FORMATS = frozenset(
    {"excel", "xls", "xlsx", "parquet", "yaml", "yml", "xml", "tsv", "txt", "text", "html", "pdf", "png", "md"}
)


async def export(context: Context, call: Call) -> None:
    """Say where the file is; raises Mistake."""
    said: list[ExportFormat] = []
    words = []
    for word in call.words[1:]:
        bare = word.strip("`*,;.").casefold()
        if bare in OTHER_FORMATS:
            raise Mistake(f"{quoted(word)} is no format of an export.", USAGE, nearest=FORMATS[0], word=word)
        form = next((form for form in FORMATS if form == bare), None)
        if form is None:
            words.append(word)
        elif form not in said:
            said.append(form)
    if len(said) > 1:
        raise Mistake("One export has one format.", USAGE, nearest=f"/analytics export {said[0]}", word=said[1])
    question = question_of(context, call, words, usage=USAGE)
    await context.export(question, said[0] if said else FORMATS[0])


COMMAND = Command(
    name="export",
    usage=USAGE,
    summary="a link to the numbers as a file, CSV or JSON",
    help=(
        "The link works for 24 hours for whoever has it; of what is not public there is one only with "
        "`images: hosted`. The file holds every figure and table of the answer; `csv` unless `json` is said."
    ),
    who_may=WhoMay.MEMBERS_ALONE,
    examples=("/analytics export 6m", "/analytics export pulls issues 2026 json"),
    run=export,
    place=5,
)
