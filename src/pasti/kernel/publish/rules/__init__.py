"""Proofs as pure functions."""
