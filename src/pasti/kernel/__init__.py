"""What every system stands on: people and roles, trace, events, messages, places, files, publication."""
