"""The sandbox in a browser: repositories, their issues and pull requests, and a thread one can write in."""

from sandbox.page.routes import setup

__all__ = ["setup"]
