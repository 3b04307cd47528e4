"""What is declared of work without a network."""
