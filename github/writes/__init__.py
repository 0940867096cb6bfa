"""Writers: one module for each thing Almanac puts on GitHub."""
