"""Algorithms and validations as pure functions, each with its standard."""
