"""What is declared of letters and their way from RT to kelurahan."""
