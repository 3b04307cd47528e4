"""What is declared of signed papers and their verification."""
