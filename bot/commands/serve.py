"""`python -m bot serve`: the server, configured by its environment."""

from __future__ import annotations

import sys

import click

from bot.serving import run


@click.command()
def command() -> None:
    """Answer webhooks until told to stop (SIGTERM, Ctrl-C).

    Refuses to start without a complete configuration and names every fault; docs/configuration.md has the variables.
    """
    sys.exit(run())
