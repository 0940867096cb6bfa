"""One module for each command of the command line, each with its `command`."""
