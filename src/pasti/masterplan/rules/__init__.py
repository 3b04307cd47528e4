"""The frame's rules as pure functions: formulas, achievement, periods."""
