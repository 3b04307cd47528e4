"""Pure rules of the RT and RW's work: no framework, no clock."""
