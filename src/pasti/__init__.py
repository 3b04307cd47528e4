"""PASTI: the integrated city platform."""
