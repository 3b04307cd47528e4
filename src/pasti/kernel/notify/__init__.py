"""Messages to people: the inbox is the truth, other channels are extras that may fail."""
