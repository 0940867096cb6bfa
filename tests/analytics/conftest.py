"""Hypothesis without deadlines: measuring frames takes long on a busy machine, and that is not what is tested here."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("patient", deadline=None, max_examples=40)
settings.load_profile("patient")
