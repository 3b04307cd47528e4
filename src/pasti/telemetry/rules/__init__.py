"""Pure rules of measurements: quality, decoding of what devices send, the query language. No Django, no clock."""
