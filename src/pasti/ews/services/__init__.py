"""What people and devices do: one function each."""
