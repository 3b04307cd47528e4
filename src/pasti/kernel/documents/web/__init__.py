"""One's own files."""
