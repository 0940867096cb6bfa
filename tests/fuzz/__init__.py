"""What strangers write, by the million: each target holds every input to its promise, whoever thinks of the inputs."""
