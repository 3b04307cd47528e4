"""Searching as pure functions."""
