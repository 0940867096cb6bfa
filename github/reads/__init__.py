"""Readers: one module for each thing asked of GitHub, the query's text above its reader."""
