"""What is declared of the RT head's desk: people, events, guests, handover."""
