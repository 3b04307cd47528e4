"""The hospital for machines."""
