"""EWS, the city's early warning system for floods."""
