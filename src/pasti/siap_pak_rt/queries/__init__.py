"""Every read of the RT and RW's work, within the scope."""
