"""Lists that are the same in every city of the country."""
