"""Activation, credentials and their status."""
