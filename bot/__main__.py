"""python -m bot serve | demo | report | migrate: every entry from a command line."""

from __future__ import annotations

import mimetypes
import sys


def main() -> None:
    """Run the command that the arguments name."""
    if sys.argv[1:] == ["serve"]:
        # aiohttp keeps a table of every kind of file that the system has a name for; the server sends none by its name
        mimetypes.knownfiles.clear()
        # the server runs for years and reads its command line once: it does not keep the library for that in memory
        from bot.serving import run  # noqa: PLC0415

        sys.exit(run())
    from bot.cli import main as command_line  # noqa: PLC0415

    command_line(prog_name="python -m bot")


if __name__ == "__main__":
    main()
