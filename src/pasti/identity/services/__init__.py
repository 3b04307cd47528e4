"""Acts, one function each, in one transaction."""
