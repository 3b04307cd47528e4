"""The tables of the RT and RW's work, by area."""
