"""The roof: everything is put together here and nowhere else."""
