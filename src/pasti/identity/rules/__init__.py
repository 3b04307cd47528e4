"""What the standards and regulations say, as pure functions."""
