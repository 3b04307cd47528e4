"""The front door for machines."""
