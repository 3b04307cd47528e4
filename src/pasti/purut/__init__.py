"""E-New Purut: registration and queues of the city hospital."""
