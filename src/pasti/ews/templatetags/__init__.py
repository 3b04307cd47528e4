"""Template tags of early warning."""
