"""Pages of the register, for the clerks of kelurahan and Dispendukcapil."""
