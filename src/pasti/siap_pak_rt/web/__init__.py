"""Pages, by who works with them."""
