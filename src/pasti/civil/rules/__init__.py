"""Pure rules of the register."""
