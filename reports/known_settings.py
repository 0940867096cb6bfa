"""What a repository's owners have set, as it was read last; GitHub is not asked, where somebody waits for a page."""

from __future__ import annotations

from reports.configuration import Configuration, configured
from reports.configuration_file import OWNERS_REPOSITORY, Standing, standing
from reports.configured import remembered
from reports.extending import NO_BASE, PROTECTING, Base, base_from
from storage.engine import Store
from storage.installations import Repository


async def known_settings(store: Store, repository: Repository) -> Configuration:
    """Return the configuration that is in force as far as is known; the defaults where none was ever read."""
    for name in dict.fromkeys((repository.name, OWNERS_REPOSITORY)):
        file = await remembered(store, repository.installation_id, repository.owner, name)
        if file.text is not None:
            found = await standing(file)
            return configured(found.held, await known_base(store, repository, found))
    return Configuration()


async def known_base(store: Store, repository: Repository, own: Standing) -> Base:
    """Return what a file extends; where that is not known, nobody is named and no traffic is shown."""
    extends = own.held.settings.get("extends")
    if not isinstance(extends, str):
        return NO_BASE
    owner, name = repository.owner, extends.rpartition("/")[2]
    file = await remembered(store, repository.installation_id, owner, name)
    if file.text is None:
        return Base(unsure=PROTECTING)
    return await base_from(file, own, extends, owner)
