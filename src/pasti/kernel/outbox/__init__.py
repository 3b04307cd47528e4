"""Facts that travel: written with the change itself, delivered after it, at least once and in order."""
