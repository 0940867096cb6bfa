"""The command line: each command's module is loaded when it is run."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "serve": "answer webhooks: the server itself",
    "demo": "watch it work on a small GitHub of its own",
    "tick": "do what is due by now: for a scheduler outside",
    "report": "analyse one repository now, with a personal token",
    "replay": "work on a delivery once more, by its id or from a file",
    "doctor": "look at everything that must be right, and say what helps",
    "migrate": "bring the database's schema up to date",
    "migrate-database": "move everything from SQLite to PostgreSQL, or back",
    "backup": "write everything into one file, while the server runs",
    "restore": "bring a backup into a new database",
    "delete": "delete an installation, a repository or a person at once",
    "import": "take over the history that another tool kept",
    "export": "write what is stored as CSV, JSON or Parquet",
}
# where the module cannot have the command's name
MODULES = {"import": "import_history", "migrate-database": "migrate_database"}


class LazyGroup(click.Group):
    """Loads a command's module when it is run, so that `serve` never imports what only `demo` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"bot.commands.{MODULES.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, name="python -m bot")
def main() -> None:
    """Almanac answers /analytics in GitHub's issues and pull requests, with numbers and pictures."""
