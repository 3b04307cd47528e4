"""The early warning system's rules as pure functions: detection, forecast, skill, and the messages' own rules."""
