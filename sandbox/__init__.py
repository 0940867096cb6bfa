"""A small, stateful GitHub on loopback: what the demo and the tests talk to. It imports nothing of the house.

`sandbox.server.Sandbox` serves a `sandbox.world.World`; `sandbox.build.build` makes one of data sets and registers the
App in it; `python -m sandbox` does both from the command line.
"""
