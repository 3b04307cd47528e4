"""What is declared of the rights of the person the data is about."""
