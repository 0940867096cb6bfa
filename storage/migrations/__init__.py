"""How the schema came to be: one file per change under `versions/`, run by `storage.migrate`."""
