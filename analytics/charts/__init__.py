"""A small vocabulary of pictures: each kind is a frozen value that can draw itself, say itself and be read as text."""
