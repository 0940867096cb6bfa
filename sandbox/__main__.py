"""`python -m sandbox`: serve a small GitHub on loopback until interrupted."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import click

from sandbox.build import build
from sandbox.clock import iso, parse_iso
from sandbox.dataset import Dataset, read_all
from sandbox.server import Sandbox
from sandbox.world import World

GENERATED = "generated"


class Moment(click.ParamType[datetime]):
    """A time with an offset, such as `2026-11-22T08:00:00Z`."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            return parse_iso(str(value))
        except ValueError:
            self.fail(f"{value} is not a time such as 2026-11-22T08:00:00Z", param, ctx)


@click.command()
@click.option(
    "--data", "sources", multiple=True, default=(GENERATED,), show_default=True, metavar="DIR",
    help="A folder of a repository, or of captured traffic, or of such folders; may be repeated. 'generated' makes "
    "up an organisation.",
)  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1; a free one by default.")
@click.option("--now", type=Moment(), help="Where the clock starts; by default when the data was taken.")
@click.option("--seed", type=int, default=1, show_default=True, help="The seed of the generated organisation.")
@click.option("--webhook-url", help="Where the App wants its deliveries.")
@click.option("--token", help="A personal token that is let in, e.g. ghp_something.")
@click.option("--login", default="visitor", show_default=True, help="The person the token belongs to.")
@click.option(
    "--app-dir", type=click.Path(file_okay=False, path_type=Path),
    help="Write the App's id, client id, private key and webhook secret into this folder.",
)  # fmt: skip
def main(  # noqa: PLR0917 - click passes them by name
    sources: tuple[str, ...],
    port: int,
    now: datetime | None,
    seed: int,
    webhook_url: str | None,
    token: str | None,
    login: str,
    app_dir: Path | None,
) -> None:
    """Serve a small GitHub on loopback, with repositories from folders or a generated organisation."""
    datasets = [dataset for source in sources for dataset in _read(source, seed, now)]
    world, keys = build(datasets, now=now, webhook_url=webhook_url, visitor=login)
    if token is not None:
        world.add_personal_token(token, login)
    if app_dir is not None:
        keys.write(app_dir)
        click.echo(f"App {keys.app_id}: its id, key and webhook secret are in {app_dir}")
    try:
        asyncio.run(_serve(world, port))
    except KeyboardInterrupt:
        click.echo("stopped")


def _read(source: str, seed: int, now: datetime | None) -> list[Dataset]:
    if source == GENERATED:
        from sandbox.generate import generate  # noqa: PLC0415 - not needed where folders are given

        return generate(seed, now or parse_iso("2026-11-22T08:00:00Z"))
    try:
        return read_all(Path(source))
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


async def _serve(world: World, port: int) -> None:
    async with Sandbox(world, port) as sandbox:
        click.echo(
            f"GitHub's API and pages: {sandbox.url}  GraphQL: {sandbox.url}/graphql  time: {iso(world.clock.now())}"
        )
        for repository in world.repositories.values():
            click.echo(f"  {sandbox.url}/{repository.full_name}  {len(repository.threads)} issues and pull requests")
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
