"""Tags and filters of the front door."""
