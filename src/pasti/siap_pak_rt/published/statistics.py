"""What is declared of numbers of people."""
