"""Programs for those who work on Almanac; the product needs none of them."""
