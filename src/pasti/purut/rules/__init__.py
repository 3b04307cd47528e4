"""The hospital's rules as pure functions: states, numbers, times, words."""
