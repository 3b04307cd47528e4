"""The JSON API of identity."""
