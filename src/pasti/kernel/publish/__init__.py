"""What systems show of themselves: services, measures, data sets, purposes, rights, words."""
