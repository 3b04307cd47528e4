"""The frame for machines."""
