"""python -m bot serve | demo | report | migrate: every entry from a command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command that the arguments name."""
    if sys.argv[1:] == ["serve"]:
        # the server runs for years and reads its command line once: it does not keep the library for that in memory
        from bot.serving import run  # noqa: PLC0415

        sys.exit(run())
    from bot.cli import main as command_line  # noqa: PLC0415

    command_line(prog_name="python -m bot")


if __name__ == "__main__":
    main()
