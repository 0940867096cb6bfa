"""What Almanac says to GitHub and hears from it."""
