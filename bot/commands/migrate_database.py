"""`python -m bot migrate-database`: move everything from SQLite to PostgreSQL, or back."""

from __future__ import annotations

import click

from storage.moving import BATCH, Move, MoveError, Report, opened

MOST_NAMED = 20


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--final", is_flag=True, help="Hold FROM, bring the rest, compare, and hand over: the server is stopped.")
@click.option("--verify", is_flag=True, help="Compare both and change nothing.")
@click.option("--batch", type=click.IntRange(1, 50_000), default=BATCH, show_default=True, help="Rows at a time.")
def command(source: str, target: str, final: bool, verify: bool, batch: int) -> None:  # noqa: FBT001 - as click gives them
    """Copy the database FROM into the empty database TO; both are addresses as in DATABASE_URL.

    The server may go on using FROM while its rows are copied. Then stop it and run this again with --final. A copy that
    was broken off goes on where it was. docs/moving.md goes through it.
    """
    if final and verify:
        raise click.UsageError("--final compares by itself; give one of --final and --verify")
    try:
        with opened(source, target, click.echo, batch=batch, verify=verify) as move:
            if verify:
                say_equal(move.verify())
            else:
                run(move, final=final)
    except (MoveError, ValueError) as error:
        raise click.ClickException(str(error)) from error


def run(move: Move, *, final: bool) -> None:
    """Copy, then either catch up and say what comes next, or finish."""
    click.echo(f"From {move.source.name}\nto   {move.target.name}")
    copied = move.copy()
    if copied:
        click.echo(f"Copied {copied} rows.")
    if final:
        hand_over(move)
        return
    click.echo("Comparing, to bring what was written meanwhile …")
    report = move.catch_up()
    say_changes(report)
    click.echo(
        f"All {report.rows} rows of that moment are copied; comparing took {report.seconds:.1f} s, and the last pass "
        "will take about as long.\nNow stop every server that uses FROM, and run this again with --final."
    )


def hand_over(move: Move) -> None:
    """Finish, and say what to do then."""
    click.echo("Holding FROM: nobody can write to it until this has ended …")
    report = move.finish()
    say_changes(report)
    say_equal(report)
    click.echo(
        f"FROM was held for {report.held:.1f} s. Start the server with TO as its DATABASE_URL, and never again with "
        "FROM: what it would write there would be missing here."
    )


def say_changes(report: Report) -> None:
    """Say what was brought, and which texts could not stay as they were."""
    for table in report.tables:
        if table.brought or table.taken:
            click.echo(f"{table.name}: {table.brought} rows brought, {table.taken} taken out")
    if report.nul:
        click.echo(
            f"{len(report.nul)} texts hold U+0000, which PostgreSQL cannot keep; there they have U+FFFD instead:"
        )
        for where in report.nul[:MOST_NAMED]:
            click.echo(f"  {where}")


def say_equal(report: Report) -> None:
    """Say what was compared, table by table."""
    filled = [table for table in report.tables if table.source.rows]
    width = max((len(table.name) for table in filled), default=0)
    for table in filled:
        click.echo(f"  {table.name:<{width}} {table.source.rows:>10} {table.source.sum}")
    click.echo(
        f"Equal: {report.rows} rows in {len(filled)} tables, {len(report.tables) - len(filled)} tables are empty; "
        f"compared in {report.seconds:.1f} s."
    )
